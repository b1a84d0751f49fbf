// A coroutine that waits for a word on its own thread, as often as it likes.
//
// For what comes from another thread there is sleeper.hpp. Costs no memory of its own; the coroutine goes on inside the
// call that wakes it.
#pragma once

#include <latchkey/async.hpp>

#include <boost/asio/async_result.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace latchkey {

class local_sleeper {
public:
    bool asleep() const noexcept { return handler_.has_value(); }

    // Until wake(). Nobody else may be asleep.
    task<void> sleep() {
        auto begin = [this](handler resume) { handler_.emplace(std::move(resume)); };
        co_await boost::asio::async_initiate<const token, void()>(begin, use_task);
    }

    // Nothing happens when nobody sleeps. *this may be gone afterwards.
    void wake() {
        if (handler_) {
            handler resume = take();
            std::move(resume)();
        }
    }

    // Ends the coroutine that sleeps, where it is, instead of waking it. *this may be gone afterwards.
    void give_up() {
        if (handler_)
            const handler dropped = take();
    }

private:
    using token = std::remove_const_t<decltype(use_task)>;
    using handler = typename boost::asio::async_result<token, void()>::handler_type;

    handler take() {
        handler out = *std::move(handler_);
        handler_.reset();
        return out;
    }

    std::optional<handler> handler_;
};

}  // namespace latchkey
