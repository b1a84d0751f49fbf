// One host, one spelling (requirement F5).
#include "target_host.hpp"

#include <gtest/gtest.h>

#include <string>

namespace latchkey {
namespace {

std::string canonical(std::string_view host) {
    std::string scratch = "something older";
    const auto out = canonical_host(host, scratch);
    return out ? std::string(*out) : "refused";
}

// CVE-2026-48794: rules were passed over for a host in other letters.
TEST(TargetHost, FoldsCase) {
    EXPECT_EQ(canonical("App.Example.COM"), "app.example.com");
    EXPECT_EQ(canonical("APP.EXAMPLE.COM."), "app.example.com");
    EXPECT_EQ(canonical("app.example.com"), "app.example.com");
}

TEST(TargetHost, DropsOneTrailingDot) {
    EXPECT_EQ(canonical("example.com."), "example.com");
    EXPECT_EQ(canonical("localhost."), "localhost");
    EXPECT_EQ(canonical("example.com.."), "refused");
    EXPECT_EQ(canonical("."), "refused");
}

TEST(TargetHost, PointsIntoTheInputWhereThatIsCanonical) {
    const std::string host = "app.example.com.";
    std::string scratch;
    const auto out = canonical_host(host, scratch).value();
    EXPECT_EQ(out.data(), host.data());
    EXPECT_TRUE(scratch.empty());
}

TEST(TargetHost, TakesAddresses) {
    EXPECT_EQ(canonical("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(canonical("192.0.2.1."), "192.0.2.1");
    EXPECT_EQ(canonical("[2001:DB8::1]"), "[2001:db8::1]");
    EXPECT_EQ(canonical("[2001:db8:0:0:0:0:0:1]"), "[2001:db8::1]");
    EXPECT_EQ(canonical("[::ffff:192.0.2.1]"), "[::ffff:192.0.2.1]");
}

TEST(TargetHost, TakesNamesAsTheyAreUsed) {
    for (const char* host : {"a", "app_1.internal", "xn--bcher-kva.example", "3com.com", "a-b.c"})
        EXPECT_EQ(canonical(host), host);
}

// F2
TEST(TargetHost, RefusesEverythingElse) {
    for (const std::string& host : {std::string{},
                                    std::string{".a"},
                                    std::string{"a..b"},
                                    std::string{"a b"},
                                    std::string{"a,b"},
                                    std::string{"a:80"},
                                    std::string{"user@a"},
                                    std::string{"a/b"},
                                    std::string{"a\\b"},
                                    std::string{"*.a"},
                                    std::string("a\0.b", 4),
                                    std::string{"b\xc3\xbc"
                                                "cher.example"},
                                    std::string{"a%2eb"},
                                    std::string{"::1"},
                                    std::string{"[::1"},
                                    std::string{"[]"},
                                    std::string{"[::1]x"},
                                    std::string{"[1.2.3.4]"},
                                    std::string{"[fe80::1%25eth0]"},
                                    std::string("[::1\0]", 6),
                                    std::string{"2130706433"},
                                    std::string{"127.1"},
                                    std::string{"1.2.3.256"},
                                    std::string{"1.2.3.4.5"},
                                    std::string{"0x7f000001"},
                                    std::string{"0x7f.0.0.0X1"},
                                    std::string{"a.1"},
                                    std::string{"010.0.0.1"},
                                    std::string(254, 'a'),
                                    std::string(100'000, 'a')})
        EXPECT_EQ(canonical(host), "refused") << host.substr(0, 60);
}

}  // namespace
}  // namespace latchkey
