#include <latchkey/clock.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace latchkey {
namespace {

std::string at(std::int64_t s) {
    return to_rfc3339(time_point{seconds{s}});
}

TEST(Rfc3339, WritesWholeSecondsInUtc) {
    EXPECT_EQ(at(0), "1970-01-01T00:00:00Z");
    EXPECT_EQ(at(1'767'225'600), "2026-01-01T00:00:00Z");
    EXPECT_EQ(at(1'769'903'999), "2026-01-31T23:59:59Z");
    EXPECT_EQ(at(1'709'164'800), "2024-02-29T00:00:00Z");
    EXPECT_EQ(at(4'294'967'295), "2106-02-07T06:28:15Z");
    EXPECT_EQ(at(-1), "1969-12-31T23:59:59Z");
}

TEST(Rfc3339, StaysWithinFourDigitsOfYear) {
    EXPECT_EQ(at(std::numeric_limits<std::int64_t>::max()), "9999-12-31T23:59:59Z");
    EXPECT_EQ(at(std::numeric_limits<std::int64_t>::min()), "0000-01-01T00:00:00Z");
}

}  // namespace
}  // namespace latchkey
