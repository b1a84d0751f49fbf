#include <latchkey/clock.hpp>

#include <gtest/gtest.h>

#include <ctime>

namespace latchkey {
namespace {

// T3 rests on the clock's being anchored once: it starts at the wall clock and runs with CLOCK_BOOTTIME from there.
TEST(system_clock, starts_at_the_wall_clock_and_never_goes_back) {
    const auto time = make_system_clock();
    const auto wall = time_point{seconds{std::time(nullptr)}};
    EXPECT_LE(std::chrono::abs(time->now() - wall), seconds{2});
    auto last = time->now();
    for (int i = 0; i < 1000; ++i) {
        const auto next = time->now();
        EXPECT_GE(next, last);
        last = next;
    }
}

TEST(manual_clock, stands_still_until_told) {
    manual_clock time;
    EXPECT_EQ(to_rfc3339(time.now()), "2026-01-01T00:00:00Z");
    time.advance(seconds{61});
    EXPECT_EQ(to_rfc3339(time.now()), "2026-01-01T00:01:01Z");
}

}  // namespace
}  // namespace latchkey
