// The upkeep of the session table. The sweep only gives memory back: a dead session is dead at find() without it.
#include "session_table.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace latchkey {
namespace {

// What one look at a shard goes through: few enough that a check waits for it a few microseconds only.
constexpr std::uint32_t slots_per_look = 512;

}  // namespace

// What one look at a shard found.
struct session_table::dead_keys {
    std::array<session_key, 64> keys;
    std::size_t count = 0;
    std::uint32_t next = 0;  // the slot to go on from
    bool end = false;        // of the shard
};

session_table::dead_keys session_table::collect_dead(std::uint32_t number, std::uint32_t from) const noexcept {
    const session_shard& shard = shards_[number];
    mutex_lock lock(shard.mutex);
    const stamp second = now();
    dead_keys found;
    found.next = from;
    const std::uint32_t stop = std::min(from + slots_per_look, shard.records.end());
    for (; found.next < stop && found.count < found.keys.size(); ++found.next)
        if (shard.records.contains(found.next) && shard.records[found.next].dead(second, shard.limits))
            found.keys[found.count++] = shard.records[found.next].key();
    found.end = found.next >= shard.records.end();
    return found;
}

bool session_table::sweep(sweep_report* report) noexcept {
    mutex_lock lock(upkeep_mutex_);
    rotated_.forget_expired(now());
    for (std::size_t removed = 0; removed < sweep_budget;) {
        const dead_keys found = collect_dead(sweep_shard_, sweep_slot_);
        for (std::size_t i = 0; i < found.count; ++i) {
            // The ordinary way out, with its own locks. A session that somebody else ended meanwhile, or rotated while
            // it still lived, is simply not there.
            const auto dead = locate(found.keys[i]);
            const auto gone = dead ? erase(dead->seen) : std::nullopt;
            try {
                if (gone && report)
                    report->dead.push_back(gone->value.id);
            } catch (const std::bad_alloc&) {
                // The journal finds out for itself at its next start.
            }
        }
        removed += found.count;
        sweep_slot_ = found.next;
        if (!found.end)
            continue;
        try {
            if (report && note_due_[sweep_shard_] <= now()) {
                note_due_[sweep_shard_] = later(now(), note_every_);
                report->moved = take_moved(sweep_shard_);
            }
        } catch (const std::bad_alloc&) {
            // What was not taken is there for the next time.
        }
        sweep_shard_ = (sweep_shard_ + 1) % shard_count;
        sweep_slot_ = 0;
        return false;
    }
    return true;
}

std::vector<last_seen> session_table::take_moved(std::uint32_t number) {
    std::vector<last_seen> moved;
    session_shard& shard = shards_[number];
    for (std::uint32_t from = 0, end = 1; from < end; from += slots_per_look) {
        moved.reserve(moved.size() + slots_per_look);
        mutex_lock lock(shard.mutex);
        end = shard.records.end();
        for (std::uint32_t slot = from; slot < std::min(from + slots_per_look, end); ++slot)
            if (shard.records.contains(slot) && shard.records[slot].moved) {
                shard.records[slot].moved = false;
                moved.push_back(shard.records[slot].seen());
            }
    }
    return moved;
}

std::vector<last_seen> session_table::take_moved_of(const public_id& user) {
    std::vector<last_seen> moved;
    user_shard& owners = users_of(user);
    mutex_lock lock(owners.mutex);
    const auto owner = owners.users.find(user);
    if (!owner)
        return moved;
    moved.reserve(owners.users[*owner].sessions.size());
    for (const session_ref at : owners.users[*owner].sessions) {
        session_shard& shard = shards_[at.shard()];
        mutex_lock shard_lock(shard.mutex);
        session_record& record = shard.records[at.slot()];
        if (std::exchange(record.moved, false))
            moved.push_back(record.seen());
    }
    return moved;
}

std::vector<traced_session> session_table::strangers(std::uint32_t number, const std::vector<public_id>& known) const {
    std::vector<traced_session> found;
    const session_shard& shard = shards_[number];
    for (std::uint32_t from = 0, end = 1; from < end; from += slots_per_look) {
        mutex_lock lock(shard.mutex);
        end = shard.records.end();
        for (std::uint32_t slot = from; slot < std::min(from + slots_per_look, end); ++slot)
            if (shard.records.contains(slot) && !shard.records[slot].pending &&
                !std::binary_search(known.begin(), known.end(), shard.records[slot].id))
                found.push_back(traced(shard.records[slot], shard.limits));
    }
    return found;
}

void session_table::clear() noexcept {
    for (user_shard& owners : user_shards_) {
        mutex_lock lock(owners.mutex);
        for (std::uint32_t slot = 0; slot < owners.users.end(); ++slot) {
            if (!owners.users.contains(slot))
                continue;
            for (const session_ref at : owners.users[slot].sessions) {
                remove(at);
                places_.give_back(1);
            }
            owners.users.erase(slot);
        }
    }
}

void session_table::configure(const session_options& options, std::vector<public_id>* dead) noexcept {
    mutex_lock lock(upkeep_mutex_);
    max_per_user_.store(std::max<std::size_t>(1, options.max_per_user), std::memory_order_relaxed);
    places_.set_limit(options.max_total);
    const lifetimes limits(options);
    // Often enough that a crash costs a session no more than a sixth of its idle time.
    note_every_ = std::min<stamp>(300, std::min(limits.ordinary.idle, limits.remembered.idle) / 6);
    // One after the other: after a start all of them have much to tell.
    for (std::uint32_t i = 0; i < shard_count; ++i)
        note_due_[i] = std::min(note_due_[i], later(now(), note_every_ * (i + 1) / shard_count));
    for (session_shard& shard : shards_) {
        mutex_lock shard_lock(shard.mutex);
        const stamp second = now();
        for (std::uint32_t slot = 0; slot < shard.records.end(); ++slot) {
            if (!shard.records.contains(slot))
                continue;
            session_record& record = shard.records[slot];
            record.ended = record.dead(second, shard.limits);
            try {
                if (record.ended && dead)
                    dead->push_back(record.id);
            } catch (const std::bad_alloc&) {
                // The sweep will tell.
            }
        }
        shard.limits = limits;
    }
}

}  // namespace latchkey
