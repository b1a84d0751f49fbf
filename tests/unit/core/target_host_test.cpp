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

// The rule as one would write it down, a character at a time.
std::string plainly_read(std::string host) {
    if (host.ends_with('.'))
        host.pop_back();
    char before = '.';
    for (char& c : host) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
        const bool of_label = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (!of_label && !(c == '.' && before != '.'))
            return "refused";
        before = c;
    }
    return before == '.' ? "refused" : host;
}

// Names are read sixteen characters at a time: dots at each place of two such steps, and beside each other.
TEST(TargetHost, ReadsNamesOfEveryLengthWithDotsAnywhere) {
    for (std::size_t size = 2; size <= 50; ++size)
        for (std::size_t first = 0; first < size; ++first)
            for (std::size_t second = first; second < size; ++second) {
                std::string host(size, 'x');
                host[first] = host[second] = '.';
                ASSERT_EQ(canonical(host), plainly_read(host)) << host;
            }
}

TEST(TargetHost, JudgesEveryByteAtEveryPlace) {
    for (const std::size_t size : {1U, 15U, 16U, 17U, 33U})
        for (std::size_t at = 0; at < size; ++at)
            for (int byte = 0; byte < 256; ++byte) {
                if (size == 1 && byte >= '0' && byte <= '9')
                    continue;  // a number and no name
                std::string host(size, 'y');
                host[at] = static_cast<char>(byte);
                ASSERT_EQ(canonical(host), plainly_read(host)) << size << ' ' << at << ' ' << byte;
            }
}

// A number in the last label makes an address of it all, wherever that label begins.
TEST(TargetHost, FindsTheLastLabelAnywhere) {
    for (std::size_t size = 1; size <= 40; ++size) {
        EXPECT_EQ(canonical(std::string(size, 'x') + ".1x"), std::string(size, 'x') + ".1x");
        EXPECT_EQ(canonical(std::string(size, 'x') + ".1"), "refused") << size;
        EXPECT_EQ(canonical("1." + std::string(size, 'x')), "1." + std::string(size, 'x')) << size;
    }
}

}  // namespace
}  // namespace latchkey
