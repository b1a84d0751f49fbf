#include "utf8.hpp"

#include <latchkey/session.hpp>

#include <gtest/gtest.h>

#include <string>

namespace latchkey {
namespace {

TEST(UserAgent, KeepsWhatABrowserSends) {
    const std::string firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    EXPECT_EQ(shorten_user_agent(firefox), firefox);
    EXPECT_EQ(shorten_user_agent(""), "");
}

// A2: what a client says of itself stays one harmless line.
TEST(UserAgent, LosesControlsAndBrokenBytes) {
    EXPECT_EQ(shorten_user_agent("a\r\nb\tc\x1b[31m\x7f"), "abc[31m");
    EXPECT_EQ(shorten_user_agent(std::string_view("a\0b", 3)), "ab");
    EXPECT_EQ(shorten_user_agent("\xff"
                                 "a\xc3"
                                 "b\xed\xa0\x80"
                                 "c\xe2\x80\xa8"
                                 "d"),
              "abcd");
    EXPECT_EQ(shorten_user_agent(std::string(10'000, '\n')), "");
}

TEST(UserAgent, IsCutBetweenCodePoints) {
    EXPECT_EQ(shorten_user_agent(std::string(128, 'x')).size(), 128U);
    EXPECT_EQ(shorten_user_agent(std::string(100'000, 'x')).size(), 128U);
    const std::string cut = shorten_user_agent(std::string(127, 'x') + "ä");
    EXPECT_EQ(cut.size(), 127U);
    EXPECT_TRUE(is_valid_utf8(cut));
}

}  // namespace
}  // namespace latchkey
