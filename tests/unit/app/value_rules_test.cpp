#include "value_rules.hpp"

#include "database_rules.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace latchkey {
namespace {

using rule = std::string (*)(std::string_view);

void accepts(rule check, std::initializer_list<std::string_view> values) {
    for (const auto value : values)
        EXPECT_EQ(check(value), "") << value;
}

void refuses(rule check, std::initializer_list<std::string_view> values) {
    for (const auto value : values)
        EXPECT_NE(check(value), "") << value;
}

TEST(ListenRule, TakesAddressesAndSocketPaths) {
    accepts(listen_fault,
            {"127.0.0.1:9080", "0.0.0.0:80", "[::1]:9080", "[::]:65535", "localhost:9080", "unix:/run/l.sock"});
    refuses(listen_fault, {"", "127.0.0.1", ":9080", "9080", "127.0.0.1:65536", "127.0.0.1:09080", "127.0.0.1:-1",
                           "::1:9080", "[::1]", "[::1:9080", "[127.0.0.1]:80", "unix:", "unix:run/l.sock",
                           "127.0.0.1:9080 ", "http://127.0.0.1:9080", "127.0.0.1:0", "[fe80::1%eth0]:80"});
    EXPECT_EQ(listen_fault("unix:/" + std::string(106, 'a')), "");
    EXPECT_NE(listen_fault("unix:/" + std::string(107, 'a')), "");
}

TEST(OriginRule, TakesSchemeHostAndPortAlone) {
    accepts(origin_fault, {"https://auth.example.com", "http://127.0.0.1:9080", "https://[2001:db8::1]:8443",
                           "http://localhost", "https://xn--bcher-kva.example", "https://a"});
    refuses(origin_fault, {"",
                           "https://",
                           "auth.example.com",
                           "ftp://a.example",
                           "https://a.example/",
                           "https://a.example/login",
                           "https://a.example?x",
                           "https://a.example#x",
                           "https://user@a.example",
                           "https://A.example",
                           "HTTPS://a.example",
                           "https://a.example:443",
                           "http://a.example:80",
                           "https://a.example:0",
                           "https://a.example:",
                           "https://a..b",
                           "https://.a",
                           "https://a.",
                           "https://-a",
                           "https://a b",
                           "https://a_b",
                           "https://bücher.example",
                           "null",
                           "https://1.2.3",
                           "https://256.1.1.1",
                           "https://a\\b",
                           "https://*.example.com",
                           "//a.example"});
}

TEST(NetworkRule, TakesNetworksWithoutHostBits) {
    accepts(network_fault, {"10.0.0.0/8", "127.0.0.1/32", "0.0.0.0/0", "::1/128", "fd00::/8", "::/0", "unix:"});
    refuses(network_fault, {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/", "10.0.0/8", "a.example/8",
                            "::1/129", "[::1]/128", "unix:/run/x", "::ffff:10.0.0.0/104", "10.0.0.0/8 "});
    EXPECT_EQ(network_fault("10.1.2.3/8"), "has bits set behind its prefix; did you mean \"10.0.0.0/8\"?");
    EXPECT_EQ(network_fault("fd00::1/64"), "has bits set behind its prefix; did you mean \"fd00::/64\"?");
    EXPECT_EQ(network_fault("10.1.2.3"), "is an address; for this one alone write \"10.1.2.3/32\"");
}

TEST(HostPatternRule, TakesHostsAndOneLeadingWildcard) {
    accepts(host_pattern_fault, {"app.example.com", "app.example.com:8443", "*.example.com", "*.example.com:8443",
                                 "127.0.0.1:3000", "[::1]:3000", "wiki"});
    refuses(host_pattern_fault, {"", "*", "*.", "*.*.example.com", "a.*.example.com", "*example.com", "App.example.com",
                                 "https://app.example.com", "app.example.com/x", "app.example.com:",
                                 "app.example.com:0", "*.127.0.0.1", "user@app.example.com", "app.example.com."});
}

TEST(CookieRules, NameIsATokenAndDomainADomain) {
    accepts(cookie_name_fault, {"", "session", "__Host-session", "a.b"});
    refuses(cookie_name_fault, {"a b", "a=b", "a;b", "a,b", "\"a\"", "a\tb", "ü"});
    EXPECT_NE(cookie_name_fault(std::string(65, 'a')), "");
    accepts(cookie_domain_fault, {"", "example.com", "a.example.co.uk"});
    refuses(cookie_domain_fault,
            {".example.com", "com", "192.0.2.1", "Example.com", "example.com:80", "a b", "example.com."});
}

TEST(StoreAndDatabaseRules, SayWhatThisVersionHas) {
    EXPECT_EQ(store_fault("memory"), "");
    EXPECT_EQ(store_fault("database"), "");
    EXPECT_EQ(store_fault("redis"), "");
    EXPECT_NE(store_fault("disk"), "");
    accepts(database_url_fault,
            {"sqlite:latchkey.db", "sqlite:/var/lib/latchkey/latchkey.db", "postgresql://latchkey@10.0.0.7/latchkey",
             "postgres://latchkey@[::1]:5433/users?sslmode=verify-full", "postgresql:///latchkey?host=/run/postgresql",
             "postgresql://a:5432,b:5432/latchkey?user=latchkey"});
    refuses(database_url_fault,
            {"", "sqlite:", "latchkey.db", "sqlite::memory:", "mysql://h", "postgresql:", "postgresql://",
             "postgresql://u:p@h/d", "postgresql://u@h/d?password=p", "postgresql://u@h/", "postgresql://u@h/d?x=1",
             "postgresql://u@h/d?options=-c%20fsync%3Doff", "postgresql://u@h/d\n", "postgresql://u@h/d%00",
             "postgresql://u@h:port/%zz", "postgresql://u@h/d?sslpassword=p"});
}

TEST(ValueRules, Issuer) {
    accepts(issuer_fault, {"", "https://auth.example.com", "https://example.com/auth", "http://127.0.0.1:9080/a/b"});
    refuses(issuer_fault, {"https://auth.example.com/", "https://example.com/a/", "auth.example.com", "https://",
                           "https://example.com/a?b", "https://example.com/a#b", "https://example.com/a b",
                           "https://example.com/\"", "https://a@example.com/x", "https://Example.com/x", "//x/y"});
}

TEST(ValueRules, Audience) {
    accepts(audience_fault, {"", "api", "https://api.example.com/v1?x=1", "urn:example:api"});
    refuses(audience_fault, {"two words", "a\"b", "a\\b", "caf\xc3\xa9", "a\n", "\x7f"});
    EXPECT_TRUE(audience_fault(std::string(256, 'a')).empty());
    EXPECT_FALSE(audience_fault(std::string(257, 'a')).empty());
}

TEST(ValueRules, KeyFile) {
    accepts(key_file_fault, {"token-key.pem", "/etc/latchkey/key", "a.next/key"});
    refuses(key_file_fault, {"", "/", "keys/", "key.pem.next", "key.pem.retiring"});
}

}  // namespace
}  // namespace latchkey
