// How long things took, in a few fixed classes: what a dashboard needs to tell a median from a tail.
//
// Plain numbers. Whoever owns one guards it; a copy is the snapshot.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace latchkey {

struct histogram_snapshot {
    // Upper bounds of the classes, inclusive, in seconds.
    static constexpr std::array<double, 14> bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                   0.1,    0.25,  0.5,    1,     2.5,  5,     10};

    std::array<std::uint64_t, bounds.size() + 1> counts{};  // of each class alone; the last one is above all bounds
    double sum = 0;                                         // seconds
};

class histogram {
public:
    void add(std::chrono::nanoseconds took) noexcept {
        const double s = std::chrono::duration<double>(took).count();
        std::size_t at = 0;
        while (at < histogram_snapshot::bounds.size() && s > histogram_snapshot::bounds[at])
            ++at;
        ++value_.counts[at];
        value_.sum += s;
    }
    const histogram_snapshot& value() const noexcept { return value_; }

private:
    histogram_snapshot value_;
};

}  // namespace latchkey
