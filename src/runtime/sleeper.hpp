// A coroutine that waits for a word from another thread, which brings it back to its own.
//
// The way home is paid for before the wait begins (see return_ticket.hpp), so that waking never fails.
#pragma once

#include "return_ticket.hpp"

#include <latchkey/async.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace latchkey {

class sleeper {
public:
    sleeper() noexcept = default;
    sleeper(const sleeper&) = delete;
    sleeper& operator=(const sleeper&) = delete;

    // Calls `lie_down`, which makes *this known to whoever will wake it, or calls wake() itself, and waits for that. It
    // must not throw. Once for each sleeper.
    template <class Start>
    task<void> sleep(Start lie_down) {
        home_.emplace(co_await boost::asio::this_coro::executor);
        auto begin = [this, &lie_down](handler resume) {
            handler_.emplace(std::move(resume));
            lie_down();
        };
        co_await boost::asio::async_initiate<const token, void()>(begin, use_task);
    }

    // From any thread, once. *this may be gone as soon as the home thread runs.
    void wake() noexcept {
        handler resume = *std::move(handler_);
        const executor home = *home_;
        way_home_.bring(home, std::move(resume));
    }

private:
    using token = std::remove_const_t<decltype(use_task)>;
    using handler = typename boost::asio::async_result<token, void()>::handler_type;

    std::optional<executor> home_;
    std::optional<handler> handler_;
    return_ticket way_home_;
};

}  // namespace latchkey
