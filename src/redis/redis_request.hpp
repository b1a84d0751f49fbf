// A command on its way to Redis and back. It lives in the coroutine that waits for it, and on one thread at a time:
// whoever was handed it last.
#pragma once

#include "redis_reply.hpp"
#include "return_ticket.hpp"
#include "sleeper.hpp"

#include <latchkey/async.hpp>
#include <latchkey/clock.hpp>
#include <latchkey/error.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <utility>

namespace latchkey {

struct redis_request {
    explicit redis_request(std::string command) noexcept : bytes(std::move(command)) {}
    redis_request(const redis_request&) = delete;
    redis_request& operator=(const redis_request&) = delete;

    // Once. Whoever waits is told `outcome`, on their thread; the request may be gone then.
    void finish() noexcept { waiting.wake(); }

    std::string bytes;
    milliseconds within{0};  // what it may take beyond the time-out, as it is meant to wait in Redis
    std::chrono::steady_clock::time_point deadline{};
    bool confidential = false;
    result<redis_reply> outcome = errc::store_unavailable;
    return_ticket way_there;
    sleeper waiting;
};

// Makes a request of `command`, gives it to `start(redis_request&) noexcept`, which has it finished sooner or later,
// and waits for that.
template <class Start>
task<result<redis_reply>> await_reply(std::string command, Start start) {
    redis_request request(std::move(command));
    auto hand_over = [&request, &start]() noexcept { start(request); };
    co_await request.waiting.sleep(std::ref(hand_over));
    co_return std::move(request.outcome);
}

}  // namespace latchkey
