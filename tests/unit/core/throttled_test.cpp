#include <latchkey/error.hpp>

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(Throttled, SaysHowLong) {
    EXPECT_EQ(throttle_wait(throttled_for(seconds{90})), seconds{90});
    EXPECT_TRUE(throttled_for(seconds{90}));
}

TEST(Throttled, IsAnErrorAndAtMostADayWhateverTheWait) {
    EXPECT_EQ(throttle_wait(throttled_for(seconds{0})), seconds{1});
    EXPECT_EQ(throttle_wait(throttled_for(seconds{-5})), seconds{1});
    EXPECT_EQ(throttle_wait(throttled_for(seconds{INT64_MAX})), seconds{86400});
}

TEST(Throttled, IsNoOtherError) {
    EXPECT_EQ(throttle_wait(errc::overloaded), seconds{0});
    EXPECT_EQ(throttle_wait({}), seconds{0});
    EXPECT_NE(throttled_for(seconds{3}), errc::forbidden);  // of the same value
    EXPECT_STREQ(throttled_for(seconds{3}).message().c_str(), "too many attempts, try again later");
}

}  // namespace
}  // namespace latchkey
