// Looking at sessions in Redis, by way of the table before it.
#include "redis_sessions.hpp"

#include <algorithm>
#include <functional>
#include <new>
#include <utility>

namespace latchkey {
namespace {

constexpr int most_shared_reads = 3;

}  // namespace

task<result<std::optional<session>>> redis_sessions::read(session_key key, bool trusted) {
    (trusted ? misses_ : stale_).fetch_add(1, std::memory_order_relaxed);
    for (int attempt = 0; attempt < most_shared_reads; ++attempt) {
        read_flights::passenger aboard;
        auto seat = read_flights::seat::none;
        auto lie_down = [&]() noexcept {
            try {
                seat = flights_.board(key, aboard);
            } catch (const std::bad_alloc&) {
                // As when all seats are taken.
            }
            if (seat != read_flights::seat::passenger)
                aboard.bed.wake();
        };
        co_await aboard.bed.sleep(std::ref(lie_down));
        if (seat == read_flights::seat::none) {
            refused_.fetch_add(1, std::memory_order_relaxed);
            co_return errc::store_unavailable;
        }
        const bool own = seat == read_flights::seat::pilot;
        if (own)
            aboard.outcome = co_await fly(key);
        if (!aboard.outcome)
            co_return in_outage([&] { return cache_.find(key); });
        // Whoever came while the read was under way must not be told of the time before.
        const session_read& got = *aboard.outcome;
        const bool still = got.found ? cache_.holds(got.found->entry.user, got.number, got.begun)
                                     : cache_.births(key) == got.births && cache_.begin_read() == got.begun;
        if (own || still)
            co_return settle(key, got, trusted);
    }
    const auto got = co_await ask(key);
    if (!got)
        co_return got.error();
    co_return settle(key, *got, trusted);
}

task<result<session_read>> redis_sessions::fly(const session_key& key) {
    result<session_read> outcome = errc::store_unavailable;
    try {
        outcome = co_await ask(key);
    } catch (const std::bad_alloc&) {
    }
    flights_.land(key, outcome);
    co_return outcome;
}

task<result<session_read>> redis_sessions::ask(const session_key& key) {
    session_read out;
    out.begun = cache_.begin_read();
    out.births = cache_.births(key);
    std::vector<std::string> arguments{std::string(bytes_of(key))};
    const auto reply = co_await scripts_.look(scripts_.known.find, std::move(arguments), 1);
    if (!reply)
        co_return reply.error();
    out.number = number_of(reply->items[0]);
    if (reply->items.size() > 1) {
        auto found = scripts_.session_in(*reply, 1);
        if (!found)
            co_return found.error();
        out.found = *std::move(found);
    }
    co_return out;
}

result<std::optional<session>> redis_sessions::settle(const session_key& key, const session_read& got, bool trusted) {
    if (got.found) {
        if (trusted)
            return std::optional<session>(known(*got.found, got.number, got.begun));
        return std::optional<session>(seen_.touch(*got.found, clock_.now()));
    }
    if (trusted)
        cache_.keep_unknown(key, got.births, got.begun);
    return std::optional<session>();
}

// Keeps it if that may be, and touches it.
session redis_sessions::known(const kept_session& read, std::uint64_t number, std::uint64_t begun) {
    cache_.keep(read, number, begun);
    if (auto kept = cache_.find(read.entry.key))
        return *std::move(kept);
    return seen_.touch(read, clock_.now());
}

template <class Look>
result<std::optional<session>> redis_sessions::in_outage(Look look) {
    if (options_.on_outage == "serve_cached" && cache_.age() < milliseconds(options_.outage_limit).count())
        if (auto known = look()) {
            served_in_outage_.fetch_add(1, std::memory_order_relaxed);
            return known;
        }
    return errc::store_unavailable;
}

task<result<std::optional<session>>> redis_sessions::read_named(public_id user, public_id id, bool trusted) {
    (trusted ? misses_ : stale_).fetch_add(1, std::memory_order_relaxed);
    const std::uint64_t begun = cache_.begin_read();
    std::vector<std::string> arguments{std::string(bytes_of(user)), std::string(bytes_of(id))};
    const auto reply = co_await scripts_.look(scripts_.known.find_named, std::move(arguments), 1);
    if (!reply)
        co_return in_outage([&] { return cache_.find(user, id); });
    if (reply->items.size() == 1)
        co_return std::optional<session>();
    const auto found = scripts_.session_in(*reply, 1);
    if (!found)
        co_return found.error();
    if (trusted)
        co_return std::optional<session>(known(*found, number_of(reply->items[0]), begun));
    co_return std::optional<session>(seen_.touch(*found, clock_.now()));
}

task<result<std::optional<rotated_session>>> redis_sessions::read_rotated(session_key key) {
    std::vector<std::string> arguments{std::string(bytes_of(key))};
    const auto reply = co_await scripts_.look(scripts_.known.find_rotated, std::move(arguments), 1);
    if (!reply)
        co_return reply.error();
    if (reply->items.size() == 1)
        co_return std::optional<rotated_session>();
    const auto found = scripts_.session_in(*reply, 1);
    if (!found)
        co_return found.error();
    const stamp now = to_stamp(clock_.now());
    const stamp at = reply->is_list(6) ? static_cast<stamp>(number_of(reply->items[5])) : now;
    co_return std::optional<rotated_session>({found->value(scripts_.limits()), seconds{now - std::min(now, at)}});
}

task<result<std::vector<listed_session>>> redis_sessions::list_of(public_id user) {
    co_await seen_.tell_of(user);
    const std::string owner = std::string(bytes_of(user));
    std::vector<std::string> arguments{owner};
    const auto reply = co_await scripts_.look(scripts_.known.list, std::move(arguments), 2);
    if (!reply)
        co_return reply.error();
    std::vector<kept_session> found;
    for (std::size_t i = 2; i + 1 < reply->items.size(); i += 2) {
        auto one = scripts_.session_in(owner, reply->items[i].text, reply->items[i + 1].text, reply->items[1].text);
        if (!one)
            co_return one.error();
        found.push_back(*std::move(one));
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.ordinal > b.ordinal; });
    std::vector<listed_session> out;
    out.reserve(found.size());
    for (kept_session& one : found)
        out.push_back({one.value(scripts_.limits()), std::move(one.entry.user_agent)});
    co_return out;
}

task<result<session_page>> redis_sessions::page_behind(std::optional<session_cursor> after, std::size_t limit) {
    limit = std::clamp<std::size_t>(limit, 1, 1000);
    std::string from =
        after ? std::string(bytes_of(after->user)) + std::string(bytes_of(after->session)) : std::string();
    session_page page;
    // One more than asked for, to see whether anything follows.
    do {
        std::vector<std::string> arguments{from, std::to_string(limit + 1 - page.sessions.size())};
        const auto reply = co_await scripts_.look(scripts_.known.page, std::move(arguments), 2);
        if (!reply)
            co_return reply.error();
        for (std::size_t i = 2; i + 3 < reply->items.size(); i += 4) {
            auto one = scripts_.session_in(*reply, i);
            if (!one)
                co_return one.error();
            page.sessions.push_back({one->value(scripts_.limits()), std::move(one->entry.user_agent)});
        }
        from = reply->items[1].text;
    } while (!from.empty() && page.sessions.size() <= limit);
    if (page.sessions.size() > limit) {
        page.sessions.resize(limit);
        const session& last = page.sessions.back().value;
        page.next = session_cursor{last.user->id, last.id};
    }
    co_return page;
}

}  // namespace latchkey
