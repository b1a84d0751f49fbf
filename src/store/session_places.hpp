// The places under session.max_total: how many sessions there are, and may be.
//
// A login holds a lease until its session is in the table; from then on the place is the session's, and whoever takes
// that out gives it back. Exact under concurrency, and lock-free.
#pragma once

#include <atomic>
#include <cstddef>

namespace latchkey {

class session_places {
public:
    class lease {
    public:
        explicit lease(session_places& places) noexcept : places_(places) {}
        ~lease() {
            if (held_)
                places_.give_back(1);
        }
        lease(const lease&) = delete;
        lease& operator=(const lease&) = delete;

        // Whether there was room: take() never gives out more places than the limit allows.
        bool take() noexcept {
            const std::size_t limit = places_.limit_.load(std::memory_order_relaxed);
            std::size_t taken = places_.taken_.load(std::memory_order_relaxed);
            while (taken < limit && !held_)
                held_ = places_.taken_.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed);
            return held_;
        }
        // For a session that is there already, or that another one goes for.
        void take_anyway() noexcept {
            if (!held_)
                places_.taken_.fetch_add(1, std::memory_order_relaxed);
            held_ = true;
        }
        // The place belongs to a session now.
        void hand_over() noexcept { held_ = false; }

    private:
        session_places& places_;
        bool held_ = false;
    };

    void give_back(std::size_t count) noexcept { taken_.fetch_sub(count, std::memory_order_relaxed); }
    void set_limit(std::size_t limit) noexcept { limit_.store(limit, std::memory_order_relaxed); }
    std::size_t limit() const noexcept { return limit_.load(std::memory_order_relaxed); }
    std::size_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }

private:
    alignas(64) std::atomic<std::size_t> taken_{0};
    std::atomic<std::size_t> limit_{0};
};

}  // namespace latchkey
