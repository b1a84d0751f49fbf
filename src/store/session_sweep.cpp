// The sweep of the session table. It only gives memory back: a dead session is dead at find() without it.
#include "session_table.hpp"

#include <array>
#include <cstddef>

namespace latchkey {

// What one look at a shard found. Both numbers are small, so that a check waits for a sweep a few microseconds only.
struct session_table::expired_keys {
    static constexpr std::uint32_t slots_per_look = 512;

    std::array<session_key, 64> keys;
    std::size_t count = 0;
    std::uint32_t next = 0;  // the slot to go on from
    bool end = false;        // of the shard
};

session_table::expired_keys session_table::collect_expired(std::uint32_t number, std::uint32_t from) const noexcept {
    session_shard& shard = shards_[number];
    mutex_lock lock(shard.mutex);
    const stamp second = now();
    expired_keys found;
    found.next = from;
    const std::uint32_t stop = std::min(from + expired_keys::slots_per_look, shard.records.end());
    for (; found.next < stop && found.count < found.keys.size(); ++found.next)
        if (shard.records.contains(found.next) && shard.records[found.next].dead(second, limits_))
            found.keys[found.count++] = shard.records[found.next].key();
    found.end = found.next >= shard.records.end();
    return found;
}

void session_table::sweep() noexcept {
    mutex_lock lock(sweep_mutex_);
    for (std::size_t removed = 0; removed < sweep_budget;) {
        const expired_keys found = collect_expired(sweep_shard_, sweep_slot_);
        // The ordinary way out, with its own locks. A session that somebody else ended meanwhile is simply not there.
        for (std::size_t i = 0; i < found.count; ++i)
            erase(found.keys[i]);
        removed += found.count;
        sweep_slot_ = found.next;
        if (found.end) {
            sweep_shard_ = (sweep_shard_ + 1) % shard_count;
            sweep_slot_ = 0;
            return;
        }
    }
}

}  // namespace latchkey
