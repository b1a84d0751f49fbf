#include "usual_times.hpp"

#include <gtest/gtest.h>

#include <set>

namespace latchkey {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(UsualTimes, KnowsNothingAtFirst) {
    EXPECT_EQ(usual_times().pick(), milliseconds(0));
}

TEST(UsualTimes, PicksAmongTheLast) {
    usual_times times;
    for (int i = 1; i <= 200; ++i)
        times.note(milliseconds(i));
    std::set<std::chrono::nanoseconds> seen;
    for (int i = 0; i < 5'000; ++i)
        seen.insert(times.pick());
    EXPECT_EQ(seen.size(), 64U);
    EXPECT_EQ(*seen.begin(), milliseconds(137));
    EXPECT_EQ(*seen.rbegin(), milliseconds(200));
}

TEST(UsualTimes, AllowsForWakingLate) {
    usual_times times;
    times.note(milliseconds(20));
    for (int i = 0; i < 100; ++i)
        times.note_lateness(microseconds(100));
    EXPECT_NEAR(static_cast<double>((milliseconds(20) - times.pick()).count()), 100e3, 1e3);
}

TEST(UsualTimes, TakesNoAbsurdLatenessToHeart) {
    usual_times times;
    times.note(milliseconds(20));
    for (int i = 0; i < 100; ++i)
        times.note_lateness(std::chrono::hours(1));
    EXPECT_GE(times.pick(), milliseconds(19));
    for (int i = 0; i < 100; ++i)
        times.note_lateness(-std::chrono::hours(1));
    EXPECT_GE(times.pick(), milliseconds(19));
    EXPECT_LE(times.pick(), milliseconds(20));
}

}  // namespace
}  // namespace latchkey
