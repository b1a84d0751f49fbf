// Numbers that one thread counts and every thread may read.
//
// Nobody else writes, so counting is a load and a store: no lock, no atomic read-modify-write. To keep it that cheap a
// counter's cache line must belong to its one writer; see core_counters in src/http.
#pragma once

#include <latchkey/stats.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace latchkey {

class tally {
public:
    // By the one writer.
    void add(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// Values by class. `Bounds`: ascending and inclusive, in whatever integral unit add() is given.
template <const auto& Bounds>
class tally_by_class {
public:
    void add(std::uint64_t value) noexcept {
        std::size_t at = 0;
        while (at < Bounds.size() && value > Bounds[at])
            ++at;
        counts_[at].add();
        sum_.add(value);
    }
    // Adds what was counted to `out`, which is empty or has the same classes; `unit` is what one of add()'s is worth.
    void add_to(distribution& out, double unit) const {
        if (out.bounds.empty()) {
            for (const auto bound : Bounds)
                out.bounds.push_back(static_cast<double>(bound) * unit);
            out.counts.resize(counts_.size());
        }
        for (std::size_t i = 0; i < counts_.size(); ++i)
            out.counts[i] += counts_[i].value();
        out.sum += static_cast<double>(sum_.value()) * unit;
    }

private:
    std::array<tally, Bounds.size() + 1> counts_{};
    tally sum_;
};

// For what people or disks wait for: half a millisecond to ten seconds, in microseconds. As histogram_snapshot's.
inline constexpr std::array<std::uint64_t, 14> waiting_bounds_us{500,       1'000,     2'500,     5'000,     10'000,
                                                                 25'000,    50'000,    100'000,   250'000,   500'000,
                                                                 1'000'000, 2'500'000, 5'000'000, 10'000'000};

}  // namespace latchkey
