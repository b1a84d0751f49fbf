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

// Nobody steps the wall clock here: the two show the same, whenever one looks.
TEST(system_clock, shows_the_wall_clock_beside_the_time_line) {
    const auto time = make_system_clock();
    for (int i = 0; i < 1000; ++i)
        EXPECT_LE(std::chrono::abs(wall_ahead(*time)), seconds{1});
    EXPECT_LE(std::chrono::abs(time->wall() - wall_time{seconds{std::time(nullptr)}}), seconds{1});
}

TEST(manual_clock, steps_the_wall_clock_alone) {
    manual_clock time;
    const auto before = time.now();
    time.step_wall(seconds{-600});
    EXPECT_EQ(time.now(), before);
    EXPECT_EQ(wall_ahead(time), seconds{-600});
    time.advance(seconds{60});
    EXPECT_EQ(to_wall(time, before), wall_time{before.time_since_epoch() - seconds{600}});
}

TEST(manual_clock, stands_still_until_told) {
    manual_clock time;
    EXPECT_EQ(to_rfc3339(time.now()), "2026-01-01T00:00:00Z");
    time.advance(seconds{61});
    EXPECT_EQ(to_rfc3339(time.now()), "2026-01-01T00:01:01Z");
}

}  // namespace
}  // namespace latchkey
