// Writers of one database take turns, first come, first served.
//
// A database lets one write at a time; who finds it busy tries again after a pause, and can be unlucky for seconds
// while others come and go. Within this process nobody needs to be. A mutex in all but fairness.
#pragma once

#include "mutex.hpp"

#include <condition_variable>
#include <cstdint>

namespace latchkey {

class write_turns {
public:
    void lock() noexcept {
        mutex_lock guard(mutex_);
        const std::uint64_t mine = next_++;
        while (mine != now_)
            passed_on_.wait(mutex_);
    }
    void unlock() noexcept {
        {
            mutex_lock guard(mutex_);
            ++now_;
        }
        passed_on_.notify_all();  // few wait
    }
    // How many wait behind the one who has it.
    std::uint64_t waiting() const noexcept {
        mutex_lock guard(mutex_);
        return next_ > now_ ? next_ - now_ - 1 : 0;
    }

private:
    mutable mutex mutex_;
    std::condition_variable_any passed_on_;
    std::uint64_t next_ LATCHKEY_GUARDED_BY(mutex_) = 0;
    std::uint64_t now_ LATCHKEY_GUARDED_BY(mutex_) = 0;
};

}  // namespace latchkey
