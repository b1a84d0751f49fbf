// The throttle's arithmetic (requirements L5, L6).
#include "throttle_budget.hpp"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

constexpr throttle_budget ten_in_15m{10, seconds{900}};
constexpr time_point start{seconds{1'800'000'000}};

held after(std::uint32_t failures, time_point last = start) {
    return {failures, last};
}

TEST(ThrottleBudget, LetsTheFirstFailuresPass) {
    for (std::uint32_t n = 0; n < 10; ++n)
        EXPECT_EQ(closed_for(n, ten_in_15m), seconds{0}) << n;
}

TEST(ThrottleBudget, ClosesForTwiceAsLongEachTimeUpToFourWindows) {
    const std::int64_t waits[] = {90, 180, 360, 720, 1440, 2880, 3600, 3600};
    std::uint32_t failures = 10;
    for (const auto wait : waits)
        EXPECT_EQ(closed_for(failures++, ten_in_15m), seconds{wait});
    EXPECT_EQ(closed_for(UINT32_MAX, ten_in_15m), seconds{3600});
}

TEST(ThrottleBudget, ForgetsHalfInEachQuietWindow) {
    EXPECT_EQ(failures_at(after(9), ten_in_15m, start), 9U);
    EXPECT_EQ(failures_at(after(9), ten_in_15m, start + seconds{899}), 9U);
    EXPECT_EQ(failures_at(after(9), ten_in_15m, start + seconds{900}), 4U);
    EXPECT_EQ(failures_at(after(9), ten_in_15m, start + seconds{1800}), 2U);
    EXPECT_EQ(failures_at(after(9), ten_in_15m, start + seconds{3600}), 0U);
    EXPECT_EQ(failures_at(after(9), ten_in_15m, start + seconds{INT32_MAX}), 0U);
}

TEST(ThrottleBudget, ForgetsNothingWhileClosed) {
    const held h = after(12);  // closed for 360 s
    EXPECT_EQ(open_at(h, ten_in_15m), start + seconds{360});
    EXPECT_EQ(failures_at(h, ten_in_15m, start + seconds{360 + 899}), 12U);
    EXPECT_EQ(failures_at(h, ten_in_15m, start + seconds{360 + 900}), 6U);
}

TEST(ThrottleBudget, CountsOnFromWhatIsLeft) {
    const time_point later = start + seconds{900};
    EXPECT_EQ(with_failure(after(9), ten_in_15m, later), (held{5, later}));
    EXPECT_EQ(with_failure({}, ten_in_15m, later), (held{1, later}));
}

TEST(ThrottleBudget, NeverCountsBeyondWhatItNeeds) {
    held h;
    for (int i = 0; i < 100'000; ++i)
        h = with_failure(h, ten_in_15m, start);
    EXPECT_LT(h.failures, 32U);
    EXPECT_EQ(closed_for(h.failures, ten_in_15m), seconds{3600});
}

// Whoever guesses on and on at the best pace there is.
TEST(ThrottleBudget, SustainedGuessingGetsAboutHalfTheBudgetPerWindow) {
    for (const std::int64_t pause : {0, 30, 100, 200, 450, 900}) {
        held h;
        int guesses = 0;
        for (time_point now = start; now < start + seconds{86'400}; now += seconds{std::max<std::int64_t>(1, pause)})
            if (now >= open_at(h, ten_in_15m)) {
                h = with_failure(h, ten_in_15m, now);
                ++guesses;
            }
        EXPECT_LE(guesses, 10 + 96 * 5) << pause;  // a day has 96 windows
        EXPECT_GE(guesses, 20) << pause;
    }
}

TEST(ThrottleBudget, TheLongestMemoryIsLongEnough) {
    for (const throttle_budget budget : {ten_in_15m, {1, seconds{1}}, {10'000, seconds{86'400}}, {3, seconds{2}}}) {
        held h;
        for (std::uint32_t i = 0; i < budget.failures + 100; ++i)
            h = with_failure(h, budget, start);
        EXPECT_EQ(failures_at(h, budget, start + longest_memory(budget)), 0U);
    }
}

TEST(ThrottleBudget, AbsurdValuesAreHarmless) {
    for (const throttle_budget budget :
         {throttle_budget{}, {0, seconds{900}}, {5, seconds{0}}, {UINT32_MAX, seconds{1}}})
        for (const held h : {held{}, after(1), after(UINT32_MAX), held{3, start + seconds{1LL << 40}}}) {
            EXPECT_GE(closed_for(h.failures, budget), seconds{0});
            (void)failures_at(h, budget, start);
            (void)with_failure(h, budget, start);
            (void)longest_memory(budget);
        }
}

// A clock that stands before the last failure: nothing is forgotten, nothing overflows.
TEST(ThrottleBudget, StandsATimeBeforeTheLastFailure) {
    EXPECT_EQ(failures_at(after(9), ten_in_15m, start - seconds{86'400}), 9U);
}

}  // namespace
}  // namespace latchkey
