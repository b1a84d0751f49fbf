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

// X-Forwarded-For in these lines.
forwarded_for chain(std::initializer_list<std::string_view> lines) {
    forwarded_for out;
    for (const auto line : lines)
        out.add(line);
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
    const auto client_of = [&](std::initializer_list<std::string_view> lines) {
        return proxies.client_of(address("10.0.0.1"), chain(lines)).str();
    };
    EXPECT_EQ(client_of({}), "10.0.0.1");
    EXPECT_EQ(client_of({""}), "10.0.0.1");
    EXPECT_EQ(client_of({"203.0.113.5"}), "203.0.113.5");
    EXPECT_EQ(client_of({"1.2.3.4, 203.0.113.5"}), "203.0.113.5") << "what the client wrote is not believed";
    EXPECT_EQ(client_of({"203.0.113.5, 10.0.0.2"}), "203.0.113.5");
    EXPECT_EQ(client_of({"203.0.113.5, garbage"}), "10.0.0.1");
    EXPECT_EQ(client_of({"203.0.113.5, garbage, 10.0.0.3"}), "10.0.0.3");
    EXPECT_EQ(client_of({"[2001:db8::1]:443"}), "2001:db8::1");
    EXPECT_EQ(client_of({"203.0.113.5:4711"}), "203.0.113.5");
    EXPECT_EQ(client_of({",,,"}), "10.0.0.1");
}

// F2: a proxy that writes a line of its own says the same as one that lengthens the line that is there.
TEST(trusted_proxies, walks_through_several_lines) {
    const trusted_proxies proxies({"10.0.0.0/8"});
    const auto client_of = [&](std::initializer_list<std::string_view> lines) {
        return proxies.client_of(address("10.0.0.1"), chain(lines)).str();
    };
    EXPECT_EQ(client_of({"1.2.3.4", "203.0.113.5"}), "203.0.113.5");
    EXPECT_EQ(client_of({"203.0.113.5", "10.0.0.2"}), "203.0.113.5");
    EXPECT_EQ(client_of({"1.2.3.4", "203.0.113.5, 10.0.0.3", "10.0.0.2"}), "203.0.113.5");
    EXPECT_EQ(client_of({"203.0.113.5", "garbage", "10.0.0.2"}), "10.0.0.2");
    EXPECT_EQ(client_of({"1.2.3.4", "203.0.113.5", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"}), "10.0.0.2")
        << "only the last four lines are kept";
}

// F2: who is not told of properly is nobody, and not the proxy.
TEST(trusted_proxies, an_unclear_client_is_unknown_to_the_rules) {
    const trusted_proxies proxies({"10.0.0.0/8"});
    const auto known = [&](std::initializer_list<std::string_view> lines) {
        return proxies.known_client_of(address("10.0.0.1"), chain(lines)).str();
    };
    EXPECT_EQ(known({}), "10.0.0.1");
    EXPECT_EQ(known({"203.0.113.5, 10.0.0.2"}), "203.0.113.5");
    EXPECT_EQ(known({"garbage, 203.0.113.5"}), "203.0.113.5") << "nobody looks that far";
    EXPECT_EQ(known({"10.0.0.9", "10.0.0.2"}), "10.0.0.9");
    for (const auto* line : {"", "garbage", "unknown", "_hidden", ",", "10.0.0.9,", "10.0.0.9, ,10.0.0.2",
                             "203.0.113.5, garbage", "10.0.0.999", "garbage, 10.0.0.2"})
        EXPECT_EQ(known({line}), "") << line;
    EXPECT_EQ(known({"203.0.113.5", "", "10.0.0.2"}), "");
    EXPECT_EQ(known({"203.0.113.5", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"}), "") << "a line is missing";
}

TEST(trusted_proxies, malformed_networks_do_not_start) {
    for (const auto* text : {"", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/8x", "host"})
        EXPECT_THROW(trusted_proxies({text}), std::invalid_argument) << text;
}

}  // namespace
}  // namespace latchkey::http
