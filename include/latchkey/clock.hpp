// Time, injected.
//
// Session times must survive a wall clock that steps (requirement T3), and must mean something to a person. So there
// is one time line: the wall clock's reading at start plus the time elapsed since, suspension included
// (CLOCK_BOOTTIME). It never jumps while the process lives. Its unit is one second, counted from the Unix epoch in
// UTC: fine enough for sessions, and four bytes in a session record until the year 2106.
//
// Whoever checks a token by themselves judges it by their own wall clock, so what tokens and the revocation feed say is
// told in that (decision 0004). It is a type of its own: neither can be taken for the other by mistake.
// Tests give a manual_clock and never sleep. All members may be called from every thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace latchkey {

using seconds = std::chrono::duration<std::int64_t>;
using milliseconds = std::chrono::duration<std::int64_t, std::milli>;

// A point on the session time line; seconds since 1970-01-01T00:00:00Z.
using time_point = std::chrono::time_point<std::chrono::system_clock, seconds>;

// A point on everybody's clock; seconds since 1970-01-01T00:00:00Z.
struct wall_clock;
using wall_time = std::chrono::time_point<wall_clock, seconds>;

class clock {
public:
    virtual ~clock() = default;
    virtual time_point now() const noexcept = 0;
    // What the wall clock shows: it may step at any time, forward and back.
    virtual wall_time wall() const noexcept = 0;
};

// By how much the wall clock is ahead of the time line, as it was stepped since the start; give or take a second.
inline seconds wall_ahead(const clock& of) noexcept {
    return of.wall().time_since_epoch() - of.now().time_since_epoch();
}

// What the wall clock shows at that point of the time line, unless somebody steps it; give or take a second.
inline wall_time to_wall(const clock& of, time_point t) noexcept {
    return wall_time{t.time_since_epoch() + wall_ahead(of)};
}

// The real one. Each reading costs one vDSO call (about 20 ns), no system call.
std::unique_ptr<clock> make_system_clock();

// For tests: stands still until told to move. The wall clock shows the same until it is stepped.
class manual_clock final : public clock {
public:
    explicit manual_clock(time_point start = time_point{seconds{1'767'225'600}}) noexcept  // 2026-01-01T00:00:00Z
        : now_(start.time_since_epoch().count()) {}
    time_point now() const noexcept override { return time_point{seconds{now_.load(std::memory_order_relaxed)}}; }
    wall_time wall() const noexcept override {
        return wall_time{now().time_since_epoch() + seconds{stepped_.load(std::memory_order_relaxed)}};
    }
    void advance(seconds by) noexcept { now_.fetch_add(by.count(), std::memory_order_relaxed); }
    // Somebody sets the wall clock; no time passes.
    void step_wall(seconds by) noexcept { stepped_.fetch_add(by.count(), std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> now_;
    std::atomic<std::int64_t> stepped_{0};
};

// RFC 3339 in UTC with `Z` and whole seconds: "2026-01-31T23:59:59Z".
std::string to_rfc3339(time_point t);

}  // namespace latchkey
