// Counts of durations, each kept to one part in 128.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace latchkey::load {

class latencies {
public:
    void add(std::uint64_t nanoseconds) {
        ++counts_[place_of(nanoseconds)];
        ++total_;
        greatest_ = std::max(greatest_, nanoseconds);
    }
    std::uint64_t greatest() const { return greatest_; }

    // The least duration that this part of all did not exceed, in nanoseconds.
    std::uint64_t percentile(double part) const {
        const auto wanted = static_cast<std::uint64_t>(part * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i)
            if ((seen += counts_[i]) > wanted)
                return std::min(value_at(i), greatest_);
        return greatest_;
    }

private:
    static constexpr unsigned step_bits = 7;
    static constexpr std::size_t steps = 1U << step_bits;

    // The leading 8 bits, and how many follow.
    static std::size_t place_of(std::uint64_t value) {
        const auto behind = static_cast<unsigned>(std::bit_width(value | steps)) - 1 - step_bits;
        return behind * steps + static_cast<std::size_t>(value >> behind);
    }
    static std::uint64_t value_at(std::size_t place) {
        if (place < 2 * steps)
            return place;
        const std::size_t behind = place / steps - 1;
        return (place % steps + steps + 1) << behind;
    }

    std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>((64 - step_bits + 1) * steps);
    std::uint64_t total_ = 0;
    std::uint64_t greatest_ = 0;
};

}  // namespace latchkey::load
