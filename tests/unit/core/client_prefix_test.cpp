// What one subscriber is (requirement L6; Better Auth CVE-2026-45364 counted each IPv6 address apart).
#include <latchkey/client_prefix.hpp>

#include <gtest/gtest.h>

#include <cstring>

#include <arpa/inet.h>

namespace latchkey {
namespace {

client_address address(const char* text) {
    client_address out;
    if (inet_pton(AF_INET6, text, out.bytes.data()) != 1) {
        out.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
        EXPECT_EQ(inet_pton(AF_INET, text, out.bytes.data() + 12), 1) << text;
    }
    return out;
}

std::string prefix(const char* text) {
    return prefix_of(address(text)).str();
}

TEST(ClientPrefix, OfIpv4IsTheAddress) {
    EXPECT_EQ(prefix("192.0.2.1"), "192.0.2.1");
    EXPECT_NE(prefix_of(address("192.0.2.1")), prefix_of(address("192.0.2.2")));
}

TEST(ClientPrefix, OfMappedIpv4IsTheIpv4Address) {
    EXPECT_EQ(prefix_of(address("::ffff:192.0.2.1")), prefix_of(address("192.0.2.1")));
}

TEST(ClientPrefix, OfIpv6IsTheSlash64) {
    EXPECT_EQ(prefix("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    EXPECT_EQ(prefix_of(address("2001:db8:1:2::1")), prefix_of(address("2001:db8:1:2:ffff:ffff:ffff:ffff")));
    EXPECT_NE(prefix_of(address("2001:db8:1:2::1")), prefix_of(address("2001:db8:1:3::1")));
}

TEST(ClientPrefix, OfNobodyIsOne) {
    EXPECT_EQ(prefix_of(client_address{}).str(), "");
    EXPECT_EQ(prefix_of(client_address{}), client_prefix{});
}

TEST(ClientPrefix, OfAddressesBeginningWithZerosIsNotTheUnknownOne) {
    EXPECT_EQ(prefix("::ffff:0.0.0.0"), "0.0.0.0");
}

}  // namespace
}  // namespace latchkey
