// How the store over Redis is put together and kept up.
#include "redis_session_store.hpp"

#include "redis_durability.hpp"
#include "redis_sessions.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <exception>
#include <future>
#include <memory>
#include <new>
#include <utility>

namespace latchkey {
namespace {

constexpr std::size_t swept_at_a_time = 1000;
// Who was used on another server some seconds ago is not cleared away yet.
constexpr seconds sweep_leniency{15};

redis_client_options named(redis_client_options options, const char* name) {
    options.name = name;
    return options;
}

script_runner::options runner_options(const redis_session_store_options& options, const revocation_log* revoked) {
    script_runner::options out;
    out.prefix = options.redis.prefix;
    out.revoking = revoked != nullptr;
    if (revoked)
        out.news_kept = std::max(out.news_kept, revoked->keep());
    out.remote_user_is_email = options.remote_user_is_email;
    return out;
}

}  // namespace

redis_sessions::redis_sessions(redis_session_store_options options, const clock& now, logger& log,
                               revocation_log* revoked)
    : options_(options.redis),
      has_sentinels_(!options.client.sentinels.empty()),
      clock_(now),
      log_(log),
      revoked_(revoked),
      cache_(options.sessions, now, options_.max_staleness),
      commands_(named(options.client, "latchkey"), log),
      follower_(named(options.client, "latchkey-news"), log),
      scripts_(commands_, now, log, runner_options(options, revoked), options.sessions),
      seen_(scripts_, cache_.table()),
      news_(follower_, commands_, cache_, revoked, now, log,
            {options_.prefix, options_.max_staleness, options.remote_user_is_email,
             [this](std::uint64_t total, std::uint64_t turn) { scripts_.count(total, turn); },
             [this] { return prepare(); }, scripts_.known.last}) {
    set_caps(options.sessions);
    news_.start();
}

void redis_sessions::configure(const session_options& options) {
    set_caps(options);
    scripts_.configure(options);
    cache_.table().configure(options);
}

bool redis_sessions::sweep() noexcept try {
    if (revoked_)
        revoked_->forget_expired();
    if (cache_.table().sweep())
        return true;
    if (sweeping_.exchange(true))
        return false;
    try {
        boost::asio::co_spawn(commands_.context(), upkeep(),
                              [this](std::exception_ptr, const result<std::size_t>&) { sweeping_ = false; });
    } catch (const std::bad_alloc&) {
        sweeping_ = false;
    }
    return false;
} catch (const std::exception&) {
    return false;  // the next time is in a second
}

task<result<std::size_t>> redis_sessions::keep_up() {
    const auto shared = co_await scripts_.share_limits();
    if (!shared)
        co_return shared.error();
    co_await seen_.tell_some();
    std::vector<std::string> arguments{std::to_string(swept_at_a_time)};
    const auto reply = co_await scripts_.change(scripts_.known.sweep, std::move(arguments), sweep_leniency);
    if (!reply)
        co_return reply.error();
    const std::uint64_t cleared = reply->is_list(5) ? number_of(reply->items[4]) : 0;
    session_counts::add(counts_.expired, cleared);
    co_return static_cast<std::size_t>(cleared);
}

// Before anything from this Redis is believed: it knows the time-outs, and the operator knows what it may lose.
task<bool> redis_sessions::prepare() {
    scripts_.begin_anew();
    const auto shared = co_await scripts_.share_limits();
    if (!shared)
        co_return false;
    if (const std::string run = commands_.server_run(); run != judged_run_) {
        const auto warnings = co_await check_durability(commands_, has_sentinels_);
        if (!warnings)
            co_return false;
        for (const redis_warning& one : *warnings)
            log_.write(log_level::warn, one.code, {{"meaning", one.text}});
        judged_run_ = run;
    }
    co_return true;
}

void redis_sessions::stop() noexcept {
    if (std::exchange(stopped_, true))
        return;
    news_.stop();
    follower_.stop();
    try {
        const auto told = std::make_shared<std::promise<void>>();
        auto done = told->get_future();
        boost::asio::co_spawn(commands_.context(), seen_.tell_all(), [told](std::exception_ptr) { told->set_value(); });
        done.wait_for(options_.timeout);
    } catch (const std::exception&) {
        // These sessions end a little sooner.
    }
    commands_.stop();
}

session_stats redis_sessions::stats() const {
    session_stats out = counts_.read();
    out.live = size();
    out.limit = max_total_;
    return out;
}

redis_stats redis_sessions::redis() const {
    redis_stats out;
    out.commands = commands_.stats();
    out.follower = follower_.stats();
    out.cache_hits = cache_.table().found();
    out.cache_misses = misses_;
    out.cache_stale = stale_;
    out.cache_dropped = cache_.drops();
    out.served_in_outage = served_in_outage_;
    out.news = news_.entries();
    out.reads_refused = refused_;
    out.news_age_seconds = cache_.age_seconds();
    return out;
}

std::unique_ptr<redis_session_store> make_redis_session_store(redis_session_store_options options, const clock& now,
                                                              logger& log, revocation_log* revoked) {
    return std::make_unique<redis_sessions>(std::move(options), now, log, revoked);
}

}  // namespace latchkey
