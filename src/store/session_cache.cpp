#include "session_cache.hpp"

#include <algorithm>
#include <ctime>
#include <new>
#include <optional>
#include <vector>

namespace latchkey {

std::int64_t boot_milliseconds() noexcept {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

session_cache::session_cache(const session_options& options, const clock& now, milliseconds max_staleness)
    : table_(options, now), max_staleness_(max_staleness.count()) {
}

double session_cache::age_seconds() const noexcept {
    const std::int64_t since = std::max(confirmed_.load(std::memory_order_relaxed), begun_);
    return static_cast<double>(boot_milliseconds() - since) / 1000;
}

void session_cache::hear(const public_id& user, std::uint64_t number) noexcept {
    auto& heard = heard_[bucket(user)];
    std::uint64_t before = heard.load();
    while (before < number && !heard.compare_exchange_weak(before, number)) {
    }
}

// First noted and then taken out, while keep() looks, puts in and looks again: whichever comes first, nothing stays
// that should not.
void session_cache::drop(const public_id& user, std::span<const public_id> ids, std::uint64_t number) noexcept {
    hear(user, number);
    table_.erase(user, ids);
}

void session_cache::show(const profile_ptr& user, std::uint64_t number) noexcept {
    hear(user->id, number);
    table_.refresh(user);
}

void session_cache::doubt(const session_key& key) noexcept {
    if (const auto here = table_.trace(key))
        doubt(here->value.user->id, here->value.id);
}

void session_cache::doubt(const public_id& user) noexcept try {
    const std::vector<public_id> ids = table_.ids_of(user, std::nullopt);
    table_.erase(user, ids);
} catch (const std::bad_alloc&) {
    forget_all();
}

void session_cache::forget_all() noexcept {
    ++generation_;
    table_.clear();
}

void session_cache::keep(const kept_session& read, std::uint64_t number, std::uint64_t begun) noexcept {
    const journal_entry& entry = read.entry;
    if (!holds(entry.user, number, begun))
        return;
    table_.erase(entry.user, {&entry.id, 1});  // an older picture of it
    try {
        table_.restore(entry, read.user);
    } catch (const std::bad_alloc&) {
    }
    if (!holds(entry.user, number, begun))
        table_.erase(entry.user, {&entry.id, 1});
}

void session_cache::bear(const session_key& key) noexcept {
    ++births_[place(key) % births_.size()];
}

void session_cache::keep_unknown(const session_key& key, std::uint64_t births, std::uint64_t begun) noexcept {
    unknown_key& there = unknown_[place(key) % unknown_.size()];
    mutex_lock lock(there.mutex);
    there.key = key;
    there.births = births;
    there.generation = begun;
}

bool session_cache::is_unknown(const session_key& key) const noexcept {
    const unknown_key& there = unknown_[place(key) % unknown_.size()];
    mutex_lock lock(there.mutex);
    return there.generation == begin_read() && there.births == births(key) && there.key == key;
}

}  // namespace latchkey
