// Follows what other servers change in Redis, and so keeps the cache true.
//
// Lives on the thread of a connection of its own, which mostly waits for the next entry of the stream of changes. Each
// entry names the one before it, so that a missing one is noticed; then, when Redis is another one than before, and
// when the commands went by another connection than before, everything cached is forgotten and begun anew.
#pragma once

#include "redis_client.hpp"
#include "revocation_log.hpp"
#include "session_cache.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace latchkey {

struct session_news_options {
    std::string prefix;
    milliseconds max_staleness{1'000};
    bool remote_user_is_email = false;
    // How many sessions there are, and the place of that count among all.
    std::function<void(std::uint64_t total, std::uint64_t turn)> counted;
    // What must be done by the other connection before anything may be believed; whether it is.
    std::function<task<bool>()> prepare;
    redis_script last;  // see redis_scripts.hpp
};

class session_news {
public:
    // `client`: the connection to follow by. `commands`: the other one. `revoked` may be null. All outlive *this.
    session_news(redis_client& client, const redis_client& commands, session_cache& cache, revocation_log* revoked,
                 const clock& now, logger& log, session_news_options options);
    // stop() first.
    ~session_news() = default;
    session_news(const session_news&) = delete;
    session_news& operator=(const session_news&) = delete;

    // Begins to follow.
    void start();
    // No further round; stop the client next.
    void stop() noexcept;
    std::uint64_t entries() const noexcept { return entries_.load(std::memory_order_relaxed); }

private:
    using timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                    boost::asio::wait_traits<std::chrono::steady_clock>, executor>;

    task<void> follow();
    task<void> pause(milliseconds time);
    task<bool> round();
    task<bool> begin_anew();
    task<bool> learn_revocations(std::uint64_t second, std::uint64_t last);
    task<bool> confirm(std::int64_t since, bool quiet);
    task<std::optional<std::uint64_t>> last_number();
    bool take(const redis_reply& entries);
    bool take_one(std::uint64_t number, const redis_reply& fields);
    void agree(std::int64_t since);
    void compare_clocks(std::uint64_t second) noexcept;

    redis_client& client_;
    const redis_client& commands_;
    session_cache& cache_;
    revocation_log* const revoked_;
    const clock& clock_;
    logger& log_;
    const session_news_options options_;
    const std::string stream_;
    timer pause_;
    std::string run_;                  // of the Redis that is followed
    std::uint64_t commands_made_ = 0;  // connections of the other client
    std::uint64_t last_ = 0;           // number of the last change that is known here
    bool in_step_ = false;
    bool doubted_ = false;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> entries_{0};
};

}  // namespace latchkey
