#include "throttle_keeper.hpp"

#include "steady_timer.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <utility>

namespace latchkey {

result<void> throttle_keeper::load() {
    const auto records = store_.load();
    if (!records)
        return records.error();
    table_.restore(*records);
    return {};
}

task<void> throttle_keeper::keep_saving() {
    namespace asio = boost::asio;
    const executor home = co_await asio::this_coro::executor;
    steady_timer wait(home);
    for (;;) {
        wait.expires_after(std::chrono::seconds(1));
        boost::system::error_code error;
        co_await wait.async_wait(asio::redirect_error(use_task, error));
        co_await save();
    }
}

task<bool> throttle_keeper::save() {
    while (take()) {
        result<void> saved;
        try {
            auto work = [this] { return store_.save(batch_, table_.forgotten_before()); };
            saved = co_await offload(database_, std::move(work));
        } catch (const std::exception&) {
            saved = errc::store_unavailable;
        }
        if (!settle(saved))
            co_return false;
    }
    co_return batch_.empty();
}

bool throttle_keeper::save_last() noexcept {
    // A save that the end came upon is not known to have been done.
    table_.put_back(std::exchange(batch_, {}));
    while (take()) {
        result<void> saved;
        try {
            saved = store_.save(batch_, table_.forgotten_before());
        } catch (const std::exception&) {
            saved = errc::store_unavailable;
        }
        if (!settle(saved))
            return false;
    }
    return true;
}

// Whether there is something to save.
bool throttle_keeper::take() noexcept {
    try {
        batch_ = table_.take_changed(batch_size);
    } catch (const std::exception&) {  // out of memory: it still counts as changed
        batch_.clear();
    }
    return !batch_.empty();
}

bool throttle_keeper::settle(const result<void>& outcome) noexcept {
    const bool saved = outcome.has_value();
    if (!saved)
        table_.put_back(batch_);
    batch_.clear();
    if (saved == failing_) {
        failing_ = !saved;
        if (failing_)
            log_.write(log_level::error, "throttle_not_saved",
                       {{"meaning", "a restart would forget what is held against guessers; logins go on"}});
        else
            log_.write(log_level::info, "throttle_saved_again", {});
    }
    return saved;
}

}  // namespace latchkey
