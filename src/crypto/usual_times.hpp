// How long comparisons with today's parameters took lately: what makes others look the same (requirement L2).
//
// A stored hash that is cheaper than today's would be compared sooner, and tell by that alone that the account exists.
// Its comparison ends after the time that one of the last comparisons with today's parameters took, picked at random,
// so that not only the mean but the spread is theirs. All members may be called from every thread.
#pragma once

#include "mutex.hpp"

#include <array>
#include <chrono>
#include <cstddef>

namespace latchkey {

class usual_times {
public:
    using duration = std::chrono::nanoseconds;

    void note(duration took) noexcept;
    // One of those noted last, less what pauses have turned out too long by; zero before the first.
    duration pick() const noexcept;
    // A pause ended so much later than it should have.
    void note_lateness(duration late) noexcept;

private:
    mutable mutex mutex_;
    std::array<duration, 64> times_ LATCHKEY_GUARDED_BY(mutex_){};
    std::size_t count_ LATCHKEY_GUARDED_BY(mutex_) = 0;
    duration lateness_ LATCHKEY_GUARDED_BY(mutex_){0};  // a moving mean
};

}  // namespace latchkey
