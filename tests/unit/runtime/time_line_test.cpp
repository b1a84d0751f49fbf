#include "time_line.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace latchkey {
namespace {

// T3: two processes of one boot can compare what their clocks count from.
TEST(time_line, says_which_boot_and_where_it_began) {
    const auto clock = make_system_clock();
    const time_line line = current_time_line(*clock);
    EXPECT_EQ(line.boot.size(), 36U);
    EXPECT_EQ(line.boot, current_time_line(*make_system_clock()).boot);
    timespec since_boot{};
    clock_gettime(CLOCK_BOOTTIME, &since_boot);
    EXPECT_LE(std::abs(line.origin + since_boot.tv_sec - std::time(nullptr)), 2);
}

TEST(time_line, follows_the_clock_it_is_of) {
    manual_clock clock;
    const auto before = current_time_line(clock).origin;
    clock.advance(seconds{-86'400});
    EXPECT_LE(std::abs(current_time_line(clock).origin - before + 86'400), 1);
}

}  // namespace
}  // namespace latchkey
