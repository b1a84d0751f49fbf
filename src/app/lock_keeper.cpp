#include "lock_keeper.hpp"

#include "steady_timer.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>

namespace latchkey {

task<void> lock_keeper::watch() {
    namespace asio = boost::asio;
    const executor home = co_await asio::this_coro::executor;
    steady_timer wait(home);
    for (;;) {
        try {
            wait.expires_after(std::chrono::seconds(1));
            boost::system::error_code error;
            co_await wait.async_wait(asio::redirect_error(use_task, error));
            const result<bool> held = co_await ask();
            if (held && !*held)
                co_return lost_();
            note(held);
        } catch (const std::exception&) {  // out of memory: the next time is in a second
        }
    }
}

task<result<bool>> lock_keeper::ask() {
    auto work = [this]() -> result<bool> {
        try {
            return lock_.keep();
        } catch (const std::exception& e) {
            why_ = e.what();
            return errc::store_unavailable;
        }
    };
    co_return co_await offload(database_, std::move(work));
}

// One line for the beginning and the end of each outage.
void lock_keeper::note(const result<bool>& held) noexcept {
    if (away_ != held.has_value())
        return;
    away_ = !away_;
    if (away_)
        log_.write(log_level::error, "database_lock_lost", {{"error", why_}});
    else
        log_.write(log_level::info, "database_lock_held_again", {});
}

}  // namespace latchkey
