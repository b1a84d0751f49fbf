// A mutex of four bytes for what is held for less than a microsecond and hardly ever by two at a time: a compare and an
// exchange in place, without a call. Whoever has to wait sleeps in the kernel.
//
// The third of the mutexes in Drepper, "Futexes Are Tricky" (2011), section 5, over std::atomic's wait. Not recursive,
// not fair.
#pragma once

#include "mutex.hpp"

#include <atomic>

namespace latchkey {

class LATCHKEY_CAPABILITY("mutex") brief_mutex {
public:
    brief_mutex() = default;
    brief_mutex(const brief_mutex&) = delete;
    brief_mutex& operator=(const brief_mutex&) = delete;

    void lock() noexcept LATCHKEY_ACQUIRE() {
        int was = unlocked;
        if (!state_.compare_exchange_strong(was, locked, std::memory_order_acquire, std::memory_order_relaxed))
            wait();
    }
    void unlock() noexcept LATCHKEY_RELEASE() {
        if (state_.exchange(unlocked, std::memory_order_release) == waited_for)
            state_.notify_one();
    }

private:
    static constexpr int unlocked = 0, locked = 1, waited_for = 2;

    // Others may wait, too: whoever has waited says so when it unlocks.
    [[gnu::noinline]] void wait() noexcept {
        while (state_.exchange(waited_for, std::memory_order_acquire) != unlocked)
            state_.wait(waited_for, std::memory_order_relaxed);
    }

    std::atomic<int> state_{unlocked};
};

}  // namespace latchkey
