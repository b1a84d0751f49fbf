#include "revocation_log.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <new>

namespace latchkey {
namespace {

// Above all numbers of runs that began earlier by the wall clock. A run counts a million a second before it would meet
// a later one, and stays below 2^53 until the year 2242.
std::uint64_t first_position() {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(wall).count();
    const auto since = static_cast<std::uint64_t>(std::max<std::int64_t>(0, micros));
    return (since / 1'000'000 << 20U) | since % 1'000'000;
}

}  // namespace

revocation_log::revocation_log(const clock& now, seconds access_lifetime)
    : clock_(now), keep_(access_lifetime + margin), first_(first_position()), version_(first_) {
}

void revocation_log::add(std::span<const public_id> sessions, time_point at) noexcept {
    // Held all the time: who comes second with the same session does not answer before the listeners were told of it.
    mutex_lock lock(listeners_mutex_);
    if (!enter(sessions, at + keep_))
        return;
    for (const auto& [number, added] : listeners_)
        added();
}

bool revocation_log::enter(std::span<const public_id> sessions, time_point until) noexcept {
    mutex_lock lock(mutex_);
    const time_point now = clock_.now();
    prune(now);
    if (until <= now)
        return false;
    const std::uint64_t before = version_.load(std::memory_order_relaxed);
    std::uint64_t version = before;
    for (const public_id& session : sessions) {
        if (listed_.contains(session))
            continue;
        const revocation fresh{++version, session, until};
        try {
            entries_.push_back(fresh);
            try {
                listed_.insert(session);
            } catch (const std::bad_alloc&) {
                entries_.pop_back();
                drop(fresh);
            }
        } catch (const std::bad_alloc&) {
            drop(fresh);
        }
        if (entries_.size() > most) {
            drop(entries_.front());
            listed_.erase(entries_.front().session);
            entries_.pop_front();
        }
    }
    version_.store(version, std::memory_order_release);
    return version != before;
}

void revocation_log::drop(const revocation& lost) noexcept {
    dropped_ = std::max(dropped_, lost.number);
    dropped_until_ = std::max(dropped_until_, lost.until);
}

void revocation_log::forget_expired() noexcept {
    mutex_lock lock(mutex_);
    prune(clock_.now());
}

void revocation_log::prune(time_point now) noexcept {
    while (!entries_.empty() && entries_.front().until <= now) {
        listed_.erase(entries_.front().session);
        entries_.pop_front();
    }
}

revocation_list revocation_log::since(std::uint64_t position, std::size_t limit) const {
    mutex_lock lock(mutex_);
    const time_point now = clock_.now();
    revocation_list list;
    list.version = version_.load(std::memory_order_relaxed);
    if (position < first_ || position > list.version)
        position = 0;  // of another run
    list.complete = position >= dropped_ || dropped_until_ <= now;
    const auto from = std::upper_bound(entries_.begin(), entries_.end(), position,
                                       [](std::uint64_t p, const revocation& r) { return p < r.number; });
    list.entries.reserve(std::min(limit, static_cast<std::size_t>(entries_.end() - from)));
    for (auto at = from; at != entries_.end(); ++at) {
        if (at->until <= now)
            continue;
        if (list.entries.size() == limit) {
            list.version = list.entries.empty() ? position : list.entries.back().number;
            break;
        }
        list.entries.push_back(*at);
    }
    return list;
}

std::uint64_t revocation_log::subscribe(std::function<void()> added) {
    mutex_lock lock(listeners_mutex_);
    listeners_.emplace_back(++subscriptions_, std::move(added));
    return subscriptions_;
}

void revocation_log::unsubscribe(std::uint64_t subscription) noexcept {
    mutex_lock lock(listeners_mutex_);
    std::erase_if(listeners_, [subscription](const auto& one) { return one.first == subscription; });
}

}  // namespace latchkey
