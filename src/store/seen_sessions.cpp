#include "seen_sessions.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace latchkey {

session seen_sessions::touch(kept_session read, time_point now) {
    const lifetimes limits = scripts_.limits();
    journal_entry& entry = read.entry;
    if (now - entry.last_seen_at >= seconds{limits.of(entry.remembered).touch} && now > entry.last_seen_at) {
        entry.last_seen_at = now;
        note({{entry.id, now, entry.user}});
    }
    return read.value(limits);
}

task<void> seen_sessions::tell_of(public_id user) {
    std::vector<last_seen> seen = table_.take_moved_of(user);
    {
        mutex_lock lock(mutex_);
        const auto others = std::partition(noted_.begin(), noted_.end(), [&](const auto& s) { return s.user != user; });
        seen.insert(seen.end(), others, noted_.end());
        noted_.erase(others, noted_.end());
    }
    if (!seen.empty())
        co_await tell(std::move(seen));
}

task<void> seen_sessions::tell_some() {
    constexpr std::uint32_t shards = session_table::shard_count / 8;
    std::uint32_t from = 0;
    {
        mutex_lock lock(mutex_);
        from = std::exchange(shard_, (shard_ + shards) % session_table::shard_count);
    }
    std::vector<last_seen> seen = take_noted();
    for (std::uint32_t shard = from; shard < from + shards; ++shard) {
        const std::vector<last_seen> moved = table_.take_moved(shard);
        seen.insert(seen.end(), moved.begin(), moved.end());
    }
    co_await tell(std::move(seen));
}

task<void> seen_sessions::tell_all() {
    for (int i = 0; i < 8; ++i)
        co_await tell_some();
}

task<void> seen_sessions::tell(std::vector<last_seen> seen) {
    while (!seen.empty()) {
        const std::size_t count = std::min(seen.size(), at_a_time);
        std::vector<std::string> arguments;
        arguments.reserve(3 * count);
        for (auto one = seen.end() - static_cast<std::ptrdiff_t>(count); one != seen.end(); ++one) {
            arguments.emplace_back(bytes_of(one->user));
            arguments.emplace_back(bytes_of(one->id));
            arguments.push_back(std::to_string(one->at.time_since_epoch().count()));
        }
        const auto told = co_await scripts_.change(scripts_.known.touch, std::move(arguments));
        if (!told) {
            note(std::move(seen));
            co_return;
        }
        seen.resize(seen.size() - count);
    }
}

std::vector<last_seen> seen_sessions::take_noted() {
    mutex_lock lock(mutex_);
    return std::exchange(noted_, {});
}

void seen_sessions::note(std::vector<last_seen> seen) noexcept try {
    mutex_lock lock(mutex_);
    if (noted_.size() < most_kept)
        noted_.insert(noted_.end(), seen.begin(), seen.end());
} catch (const std::bad_alloc&) {
    // These sessions end a little sooner.
}

}  // namespace latchkey
