// When to stop waiting: one instant for a whole exchange, not one allowance per read.
#pragma once

#include <algorithm>
#include <chrono>

namespace latchkey::test {

// Generous on purpose: it ends hung tests, and never decides whether something was quick enough.
inline constexpr std::chrono::milliseconds patience{20'000};

class deadline {
public:
    explicit deadline(std::chrono::milliseconds from_now = patience)
        : end_(std::chrono::steady_clock::now() + from_now) {}

    bool passed() const { return std::chrono::steady_clock::now() >= end_; }
    std::chrono::steady_clock::time_point time() const { return end_; }

    // For poll(2): rounded up, never negative.
    int left_ms() const {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
        return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 3'600'000));
    }

private:
    std::chrono::steady_clock::time_point end_;
};

}  // namespace latchkey::test
