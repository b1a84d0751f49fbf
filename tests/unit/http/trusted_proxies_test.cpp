// F1: whose X-Forwarded-For counts, and how far.
#include "trusted_proxies.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace latchkey::http {
namespace {

client_address address(std::string_view text) {
    client_address out;
    EXPECT_TRUE(parse_address(text, out)) << text;
    return out;
}

TEST(trusted_proxies, networks) {
    const trusted_proxies proxies({"10.0.0.0/9", "192.0.2.7", "2001:db8::/33", "unix:"});
    for (const auto* text : {"10.0.0.1", "10.127.255.255", "192.0.2.7", "2001:db8:7fff::1", "::ffff:10.1.1.1"})
        EXPECT_TRUE(proxies.trusts(address(text))) << text;
    for (const auto* text : {"10.128.0.0", "192.0.2.8", "2001:db8:8000::", "::a00:1", "11.0.0.1"})
        EXPECT_FALSE(proxies.trusts(address(text))) << text;
    EXPECT_TRUE(proxies.trusts_unix_peers());
    EXPECT_FALSE(trusted_proxies({}).trusts(address("127.0.0.1")));
    EXPECT_TRUE(trusted_proxies({"0.0.0.0/0"}).trusts(address("203.0.113.9")));
    EXPECT_FALSE(trusted_proxies({"0.0.0.0/0"}).trusts(address("::1")));
}

TEST(trusted_proxies, walks_from_the_right) {
    const trusted_proxies proxies({"10.0.0.0/8"});
    const auto peer = address("10.0.0.1");
    EXPECT_EQ(proxies.client_of(peer, "").str(), "10.0.0.1");
    EXPECT_EQ(proxies.client_of(peer, "203.0.113.5").str(), "203.0.113.5");
    EXPECT_EQ(proxies.client_of(peer, "1.2.3.4, 203.0.113.5").str(), "203.0.113.5")
        << "what the client wrote is not believed";
    EXPECT_EQ(proxies.client_of(peer, "203.0.113.5, 10.0.0.2").str(), "203.0.113.5");
    EXPECT_EQ(proxies.client_of(peer, "203.0.113.5, garbage").str(), "10.0.0.1");
    EXPECT_EQ(proxies.client_of(peer, "203.0.113.5, garbage, 10.0.0.3").str(), "10.0.0.3");
    EXPECT_EQ(proxies.client_of(peer, "[2001:db8::1]:443").str(), "2001:db8::1");
    EXPECT_EQ(proxies.client_of(peer, "203.0.113.5:4711").str(), "203.0.113.5");
    EXPECT_EQ(proxies.client_of(peer, ",,,").str(), "10.0.0.1");
}

TEST(trusted_proxies, malformed_networks_do_not_start) {
    for (const auto* text : {"", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/8x", "host"})
        EXPECT_THROW(trusted_proxies({text}), std::invalid_argument) << text;
}

}  // namespace
}  // namespace latchkey::http
