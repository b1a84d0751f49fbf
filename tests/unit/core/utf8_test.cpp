#include "utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace latchkey {
namespace {

TEST(Utf8, CountsCodePoints) {
    EXPECT_EQ(count_code_points(""), 0U);
    EXPECT_EQ(count_code_points("abc"), 3U);
    EXPECT_EQ(count_code_points("äöü"), 3U);
    EXPECT_EQ(count_code_points("\xe2\x82\xac\xf0\x9f\x94\x91"), 2U);
    EXPECT_EQ(count_code_points(std::string_view("\0", 1)), 1U);
}

TEST(Utf8, KnowsTheEdgesOfEachLength) {
    for (const char* edge : {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                             "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
        EXPECT_EQ(count_code_points(edge), 1U);
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
    for (const char* wrong : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
                              "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82",
                              "\xf0\x9f\x94", "\xc3(", "\xe2(\xac", "a\xc3"})
        EXPECT_FALSE(is_valid_utf8(wrong));
}

TEST(Utf8, TakesASingleByteWhereNothingBegins) {
    std::string_view rest =
        "\xe2\x82"
        "a";
    EXPECT_EQ(take_code_point(rest), std::nullopt);
    EXPECT_EQ(rest,
              "\x82"
              "a");
    EXPECT_EQ(take_code_point(rest), std::nullopt);
    EXPECT_EQ(take_code_point(rest), U'a');
    EXPECT_TRUE(rest.empty());
}

TEST(Utf8, KnowsControls) {
    for (const char32_t c : {U'\0', U'\n', U'\x1f', U'\x7f', U'\x80', U'\x9f', U'\x2028', U'\x2029'})
        EXPECT_TRUE(is_control(c));
    for (const char32_t c : {U' ', U'~', U'\xa0', U'\x2027', U'\x202a'})
        EXPECT_FALSE(is_control(c));
}

}  // namespace
}  // namespace latchkey
