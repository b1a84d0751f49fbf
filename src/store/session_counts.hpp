// What became of the sessions, for the metrics.
//
// Counted where sessions begin and end, by whichever thread that is; on a cache line that no check ever reads.
#pragma once

#include <latchkey/stats.hpp>

#include <atomic>
#include <cstdint>

namespace latchkey {

class alignas(64) session_counts {
public:
    using number = std::atomic<std::uint64_t>;

    // As in session_stats, which has them by the same names.
    number created{0};
    number rotated{0};
    number signed_out{0};
    number revoked{0};
    number over_cap{0};
    number expired{0};

    // All but what only the store knows.
    session_stats read() const {
        session_stats out;
        out.created = created.load(std::memory_order_relaxed);
        out.rotated = rotated.load(std::memory_order_relaxed);
        out.signed_out = signed_out.load(std::memory_order_relaxed);
        out.revoked = revoked.load(std::memory_order_relaxed);
        out.over_cap = over_cap.load(std::memory_order_relaxed);
        out.expired = expired.load(std::memory_order_relaxed);
        return out;
    }

    static void add(number& to, std::uint64_t n = 1) noexcept { to.fetch_add(n, std::memory_order_relaxed); }
};

}  // namespace latchkey
