#include "compact_jws.hpp"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(compact_jws, takes_three_segments_apart) {
    const auto jws = compact_jws::make("eyJ9.YWJj.-_8");
    ASSERT_TRUE(jws);
    EXPECT_EQ(jws->header(), "eyJ9");
    EXPECT_EQ(jws->signing_input(), "eyJ9.YWJj");
    EXPECT_EQ(jws->payload(), "abc");
    EXPECT_EQ(std::vector<std::uint8_t>(jws->signature().begin(), jws->signature().end()),
              (std::vector<std::uint8_t>{0xfb, 0xff}));
    const auto moved = [](compact_jws from) { return from; }(*jws);
    EXPECT_EQ(moved.header(), "eyJ9");
}

// J4
TEST(compact_jws, refuses_every_other_form) {
    for (const char* text : {
             "",
             ".",
             "..",
             "...",
             "a",
             "YQ",
             "YQ.YQ",
             "YQ.YQ.",
             ".YQ.YQ",
             "YQ..YQ",
             "YQ.YQ.YQ.",
             ".YQ.YQ.YQ",
             "YQ.YQ.YQ.YQ",
             "YQ.YQ.YQ.YQ.YQ",  // not three segments (five: JWE)
             "YQ==.YQ.YQ",
             "YQ.YQ==.YQ",
             "YQ.YQ.YQ==",
             "YQ.YQ.YQ=",  // padding
             "YR.YQ.YQ",
             "YQ.YR.YQ",
             "YQ.YQ.YR",
             "YWJ.YQ.YQ",
             "YQ.YWL.YQ",  // bits that carry nothing
             "Y.YQ.YQ",
             "YQ.Y.YQ",
             "YQ.YQ.Y",
             "YQ.YQ.YWJjY",  // no whole byte
             "Y+.YQ.YQ",
             "YQ.+/+/.YQ",
             "YQ.YQ.//8",  // the other alphabet
             " YQ.YQ.YQ",
             "YQ.YQ.YQ ",
             "YQ .YQ.YQ",
             "YQ.Y Q.YQ",
             "YQ.YQ.YQ\n",  // white space
             "YQ.YQ\r\n.YQ",
             "YQ.YQ\t.YQ",
             "YQ.YQ.Y\xc3\xbf",
             "YQ.Y\xff.YQ",                                            //
             R"({"payload":"YQ","protected":"YQ","signature":"YQ"})",  // JSON serialisation
         })
        EXPECT_FALSE(compact_jws::make(text)) << text;
    EXPECT_FALSE(compact_jws::make(std::string_view("YQ.YQ.YQ\0", 9)));
    EXPECT_FALSE(compact_jws::make(std::string_view("YQ.Y\0.YQ", 8)));
    EXPECT_TRUE(compact_jws::make("YQ.YQ.YQ"));
}

// J4; golang-jwt CVE-2025-30204: the dots are not even counted.
TEST(compact_jws, refuses_a_flood_of_dots) {
    EXPECT_FALSE(compact_jws::make(std::string(1'000'000, '.')));
    EXPECT_FALSE(compact_jws::make("YQ.YQ.YQ" + std::string(1'000'000, '.')));
    EXPECT_FALSE(compact_jws::make(std::string(compact_jws::largest, '.')));
}

// J4
TEST(compact_jws, has_an_exact_limit) {
    const auto of_size = [](std::size_t size) { return "YQ.YQ." + std::string(size - 6, 'A'); };
    EXPECT_TRUE(compact_jws::make(of_size(compact_jws::largest - 2)));
    EXPECT_TRUE(compact_jws::make(of_size(compact_jws::largest)));
    EXPECT_FALSE(compact_jws::make(of_size(compact_jws::largest + 1)));
    EXPECT_FALSE(compact_jws::make(of_size(compact_jws::largest + 2)));
}

}  // namespace
}  // namespace latchkey
