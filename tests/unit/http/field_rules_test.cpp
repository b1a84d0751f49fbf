#include "field_rules.hpp"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::http {
namespace {

TEST(field_rules, content_length_is_digits_only) {  // H2
    EXPECT_EQ(parse_content_length("0"), 0U);
    EXPECT_EQ(parse_content_length("16384"), 16384U);
    EXPECT_EQ(parse_content_length("0000000000000007"), 7U);
    EXPECT_EQ(parse_content_length("9999999999999999"), 9999999999999999U);
    for (const auto* text : {"", " 1", "1 ", "+1", "-1", "1,1", "0x1", "1e3", "10000000000000000", "\xd9\xa1"})
        EXPECT_FALSE(parse_content_length(text)) << text;
}

TEST(field_rules, a_thousand_session_cookies_are_counted_not_kept) {
    std::string value;
    for (int i = 0; i < 1000; ++i)
        value += "s=" + std::to_string(i) + "; ";
    presented_cookies out;
    read_cookies(value, "s", out);
    EXPECT_EQ(out.count, 255);
    EXPECT_EQ(out.only(), "");
    EXPECT_EQ(out.values[3], "3");
}

TEST(field_rules, host_grammar_is_bounded) {
    EXPECT_TRUE(is_valid_host(std::string(255, 'a')));
    EXPECT_FALSE(is_valid_host(std::string(256, 'a')));
    EXPECT_FALSE(is_valid_host(""));
    EXPECT_FALSE(is_valid_host(":80"));
    EXPECT_FALSE(is_valid_host("[]"));
    EXPECT_FALSE(is_valid_host("[::1]x"));
    EXPECT_FALSE(is_valid_host("a:00000080"));
}

}  // namespace
}  // namespace latchkey::http
