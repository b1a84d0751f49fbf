// How a coroutine lets others get on: on its own io thread, and on the other ones.
#pragma once

#include <latchkey/async.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>

namespace latchkey {

// Lets the other work of this io thread have its turn.
inline task<void> let_others_run() {
    const executor home = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(home, use_task);
}

// Waits until another thread may have got on: a millisecond.
inline task<void> a_moment() {
    using timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                    boost::asio::wait_traits<std::chrono::steady_clock>, executor>;
    const executor home = co_await boost::asio::this_coro::executor;
    timer wait(home, std::chrono::milliseconds(1));
    co_await wait.async_wait(use_task);
}

}  // namespace latchkey
