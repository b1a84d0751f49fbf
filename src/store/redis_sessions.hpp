// The class behind make_redis_session_store(), for the files that its verbs are spread over.
#pragma once

#include "read_flights.hpp"
#include "redis_session_store.hpp"
#include "script_runner.hpp"
#include "seen_sessions.hpp"
#include "session_cache.hpp"
#include "session_counts.hpp"
#include "session_news.hpp"
#include "without_exceptions.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace latchkey {

class redis_sessions final : public redis_session_store {
public:
    redis_sessions(redis_session_store_options options, const clock& now, logger& log, revocation_log* revoked);
    ~redis_sessions() override { stop(); }

    task<result<std::optional<session>>> find(const session_key& key) override {
        const bool trusted = cache_.trusted();
        if (trusted)
            if (auto known = look_in_cache(key))
                co_return *std::move(known);
        auto reading = without_exceptions(read(key, trusted));
        co_return co_await std::move(reading);
    }
    std::optional<maybe_session> find_at_once(const session_key& key) noexcept override {
        return cache_.trusted() ? look_in_cache(key) : std::nullopt;
    }
    void fetch(std::span<const session_key> keys) noexcept override { cache_.fetch(keys); }
    task<result<std::optional<session>>> find(const public_id& user, const public_id& id) override {
        const bool trusted = cache_.trusted();
        if (trusted)
            if (auto known = cache_.find(user, id))
                co_return known;
        auto reading = without_exceptions(read_named(user, id, trusted));
        co_return co_await std::move(reading);
    }
    std::optional<maybe_session> find_at_once(const public_id& user, const public_id& id) noexcept override {
        if (cache_.trusted())
            if (auto found = cache_.find(user, id))
                return found;
        return std::nullopt;
    }
    task<result<std::optional<rotated_session>>> find_rotated(const session_key& key) override {
        return without_exceptions(read_rotated(key));
    }
    task<result<session>> insert(const session_key& key, const new_session& fresh,
                                 std::vector<public_id>* displaced) override {
        return without_exceptions(begin(key, fresh, displaced));
    }
    task<result<std::optional<session>>> rotate(const session_key& key, const session_key& fresh,
                                                rotation_cause cause) override {
        return without_exceptions(exchange(key, fresh, cause));
    }
    task<result<std::optional<session>>> erase(const session_key& key) override { return without_exceptions(end(key)); }
    task<result<std::optional<session>>> erase(const public_id& user, const public_id& id) override {
        return without_exceptions(end_named(user, id));
    }
    task<result<std::optional<session>>> erase_anyones(const public_id& id) override {
        return without_exceptions(search_and_end(id));
    }
    task<result<std::size_t>> erase_user(const public_id& user, std::optional<public_id> spare) override {
        return without_exceptions(end_all(user, spare));
    }
    task<result<std::vector<listed_session>>> list(const public_id& user) override {
        return without_exceptions(list_of(user));
    }
    task<result<session_page>> page(std::optional<session_cursor> after, std::size_t limit) override {
        return without_exceptions(page_behind(after, limit));
    }
    task<result<void>> refresh(profile_ptr user) override { return without_exceptions(show(std::move(user))); }

    void configure(const session_options& options) override;
    std::size_t size() const noexcept override { return static_cast<std::size_t>(scripts_.total()); }
    session_stats stats() const override;
    redis_stats redis() const override;
    redis_client& commands() noexcept override { return commands_; }
    bool ready() const noexcept override { return cache_.trusted() && commands_.stats().up; }
    bool sweep() noexcept override;
    task<result<std::size_t>> upkeep() override { return without_exceptions(keep_up()); }
    void stop() noexcept override;

private:
    // What the cache, which must be trusted, tells; null where it tells nothing.
    std::optional<maybe_session> look_in_cache(const session_key& key) noexcept {
        auto found = cache_.find(key);
        if (!found && !cache_.is_unknown(key))
            return std::nullopt;
        return found;
    }
    task<result<std::optional<session>>> read(session_key key, bool trusted);
    task<result<session_read>> fly(const session_key& key);
    task<result<session_read>> ask(const session_key& key);
    result<std::optional<session>> settle(const session_key& key, const session_read& got, bool trusted);
    task<result<std::optional<session>>> read_named(public_id user, public_id id, bool trusted);
    task<result<std::optional<rotated_session>>> read_rotated(session_key key);
    task<result<session>> begin(session_key key, const new_session& fresh, std::vector<public_id>* displaced);
    task<result<std::optional<session>>> exchange(session_key key, session_key fresh, rotation_cause cause);
    task<result<std::optional<session>>> end(session_key key);
    task<result<std::optional<session>>> end_named(public_id user, public_id id);
    task<result<std::optional<session>>> search_and_end(public_id id);
    task<result<std::size_t>> end_all(public_id user, std::optional<public_id> spare);
    task<result<std::vector<listed_session>>> list_of(public_id user);
    task<result<session_page>> page_behind(std::optional<session_cursor> after, std::size_t limit);
    task<result<void>> show(profile_ptr user);
    task<result<std::size_t>> keep_up();
    task<bool> prepare();

    result<std::optional<session>> ended(const redis_reply& reply, session_counts::number& why);
    void end_here(const public_id& user, const std::vector<public_id>& ids, std::uint64_t number);
    session known(const kept_session& read, std::uint64_t number, std::uint64_t begun);
    task<void> tell_seen_of(const session_key& key);
    template <class Look>
    result<std::optional<session>> in_outage(Look look);
    void set_caps(const session_options& options) noexcept {
        max_per_user_ = std::max<std::size_t>(1, options.max_per_user);
        max_total_ = options.max_total;
    }

    using counter = std::atomic<std::uint64_t>;

    const redis_options options_;
    const bool has_sentinels_;
    const clock& clock_;
    logger& log_;
    revocation_log* const revoked_;
    session_cache cache_;
    redis_client commands_;
    redis_client follower_;
    script_runner scripts_;
    seen_sessions seen_;
    read_flights flights_;
    session_news news_;
    session_counts counts_;
    std::atomic<std::size_t> max_per_user_{1};
    std::atomic<std::size_t> max_total_{0};
    counter misses_{0}, stale_{0}, served_in_outage_{0}, refused_{0};
    std::atomic<bool> sweeping_{false};
    std::string judged_run_;  // of the Redis whose settings were looked at; the follower's thread
    bool stopped_ = false;
};

}  // namespace latchkey
