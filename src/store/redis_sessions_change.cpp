// What begins, rotates and ends sessions in Redis.
//
// Whoever changes something takes it out of the cache here before the answer goes out, so that nobody on this server is
// served by what was before; the others hear of it by the stream. Without an answer from Redis it may have been done:
// what it was about goes out of the cache then too, and who asks next asks Redis.
#include "redis_sessions.hpp"

#include <algorithm>
#include <utility>

namespace latchkey {

task<result<session>> redis_sessions::begin(session_key key, const new_session& fresh,
                                            std::vector<public_id>* displaced) {
    const public_id user = fresh.user->id;
    const journal_entry entry = cache_.table().draft(key, fresh);
    co_await seen_.tell_of(user);
    const std::uint64_t begun = cache_.begin_read();
    const std::string id = std::string(bytes_of(fresh.id));
    std::vector<std::string> arguments{std::string(bytes_of(user)),          id,
                                       std::string(bytes_of(key)),           write_record(entry),
                                       std::to_string(max_per_user_.load()), std::to_string(max_total_.load()),
                                       std::to_string(fresh.user->version),  write_profile(*fresh.user)};
    const auto reply = co_await scripts_.change(scripts_.known.insert, std::move(arguments));
    if (!reply)
        co_return reply.error();
    if (reply->items[0].text == "full")
        co_return errc::session_limit;
    if (reply->items[0].text != "ok" || !reply->is_list(8))
        co_return errc::store_unavailable;
    const auto made = scripts_.session_in(bytes_of(user), id, reply->items[6].text, reply->items[7].text);
    if (!made)
        co_return made.error();
    cache_.bear(key);
    session_counts::add(counts_.created);
    session_counts::add(counts_.expired, number_of(reply->items[5]));
    const std::uint64_t change = number_of(reply->items[1]);
    std::vector<public_id> gone = read_ids(reply->items[4].text);
    session_counts::add(counts_.over_cap, gone.size());
    end_here(user, gone, change);
    cache_.show(made->user, change);
    if (displaced)
        *displaced = std::move(gone);
    co_return known(*made, change, begun);
}

task<result<std::optional<session>>> redis_sessions::exchange(session_key key, session_key fresh,
                                                              rotation_cause cause) {
    if (key == fresh)
        co_return errc::store_unavailable;
    co_await tell_seen_of(key);
    const std::uint64_t begun = cache_.begin_read();
    std::vector<std::string> arguments{std::string(bytes_of(key)), std::string(bytes_of(fresh)),
                                       cause == rotation_cause::password_given ? "1" : "0"};
    const auto reply = co_await scripts_.change(scripts_.known.rotate, std::move(arguments));
    if (!reply) {
        cache_.doubt(key);
        co_return reply.error();
    }
    if (reply->items[0].text == "none")
        co_return std::optional<session>();
    const auto moved = reply->items[0].text == "ok" ? scripts_.session_in(*reply, 4) : errc::store_unavailable;
    if (!moved)
        co_return moved.error();
    const std::uint64_t change = number_of(reply->items[1]);
    cache_.bear(fresh);
    cache_.drop(moved->entry.user, {&moved->entry.id, 1}, change);
    session_counts::add(counts_.rotated);
    co_return std::optional<session>(known(*moved, change, begun));
}

task<result<std::optional<session>>> redis_sessions::end(session_key key) {
    co_await tell_seen_of(key);
    std::vector<std::string> arguments{std::string(bytes_of(key))};
    const auto reply = co_await scripts_.change(scripts_.known.erase, std::move(arguments));
    if (!reply) {
        cache_.doubt(key);
        co_return reply.error();
    }
    co_return ended(*reply, counts_.signed_out);
}

task<result<std::optional<session>>> redis_sessions::end_named(public_id user, public_id id) {
    co_await seen_.tell_of(user);
    std::vector<std::string> arguments{std::string(bytes_of(user)), std::string(bytes_of(id))};
    const auto reply = co_await scripts_.change(scripts_.known.erase_named, std::move(arguments));
    if (!reply) {
        cache_.doubt(user, id);
        co_return reply.error();
    }
    co_return ended(*reply, counts_.revoked);
}

result<std::optional<session>> redis_sessions::ended(const redis_reply& reply, session_counts::number& why) {
    const std::string& word = reply.items[0].text;
    if (word == "none")
        return std::optional<session>();
    const auto gone = scripts_.session_in(reply, 4);
    if (!gone)
        return gone.error();
    const std::uint64_t change = number_of(reply.items[1]);
    if (word == "dead") {
        session_counts::add(counts_.expired);
        cache_.drop(gone->entry.user, {&gone->entry.id, 1}, change);
        return std::optional<session>();
    }
    session_counts::add(why);
    end_here(gone->entry.user, {gone->entry.id}, change);
    return std::optional<session>(gone->value(scripts_.limits()));
}

// Dead in the cache, then listed as revoked: see revocations.hpp.
void redis_sessions::end_here(const public_id& user, const std::vector<public_id>& ids, std::uint64_t change) {
    if (ids.empty())
        return;
    cache_.drop(user, ids, change);
    if (revoked_)
        revoked_->add(ids, clock_.now());
}

task<result<std::optional<session>>> redis_sessions::search_and_end(public_id id) {
    std::string from;
    for (;;) {
        std::vector<std::string> arguments{from, std::string(bytes_of(id))};
        const auto reply = co_await scripts_.look(scripts_.known.search, std::move(arguments), 3);
        if (!reply)
            co_return reply.error();
        const std::string& word = reply->items[1].text;
        if (word == "found") {
            const auto user = read_id(reply->items[2].text);
            if (!user)
                co_return errc::store_unavailable;
            co_return co_await end_named(*user, id);
        }
        if (word != "more")
            co_return std::optional<session>();
        from = reply->items[2].text;
    }
}

task<result<std::size_t>> redis_sessions::end_all(public_id user, std::optional<public_id> spare) {
    co_await seen_.tell_of(user);
    std::vector<std::string> arguments{std::string(bytes_of(user)),
                                       spare ? std::string(bytes_of(*spare)) : std::string()};
    const auto reply = co_await scripts_.change(scripts_.known.erase_user, std::move(arguments));
    if (!reply) {
        cache_.doubt(user);
        co_return reply.error();
    }
    if (!reply->is_list(6))
        co_return errc::store_unavailable;
    const std::vector<public_id> gone = read_ids(reply->items[4].text);
    session_counts::add(counts_.revoked, gone.size());
    session_counts::add(counts_.expired, number_of(reply->items[5]));
    end_here(user, gone, number_of(reply->items[1]));
    co_return gone.size();
}

task<result<void>> redis_sessions::show(profile_ptr user) {
    std::vector<std::string> arguments{std::string(bytes_of(user->id)), std::to_string(user->version),
                                       write_profile(*user)};
    const auto reply = co_await scripts_.change(scripts_.known.refresh, std::move(arguments));
    if (!reply) {
        cache_.doubt(user->id);
        co_return reply.error();
    }
    cache_.show(user, number_of(reply->items[1]));
    co_return result<void>();
}

// A session that is about to be judged must not look older than it is.
task<void> redis_sessions::tell_seen_of(const session_key& key) {
    if (const auto here = cache_.table().trace(key))
        co_await seen_.tell_of(here->value.user->id);
}

}  // namespace latchkey
