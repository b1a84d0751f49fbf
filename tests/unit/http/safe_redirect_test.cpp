// X2, X3: where `rd` may lead.
#include "safe_redirect.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace latchkey::http {
namespace {

const safe_redirect secure("https://auth.example.com",
                           {{"app.example.com", "*.apps.example.com", "port.example.com:8443"}});

TEST(safe_redirect, lets_legitimate_targets_arrive) {
    const std::pair<const char*, const char*> cases[] = {
        {"/", "/"},
        {"/account?x=1", "/account?x=1"},
        {"https://auth.example.com/a", "https://auth.example.com/a"},
        {"https://app.example.com", "https://app.example.com/"},
        {"https://APP.example.com:443/x?y=z", "https://app.example.com/x?y=z"},
        {"https://one.apps.example.com/", "https://one.apps.example.com/"},
        {"https://port.example.com:8443/", "https://port.example.com:8443/"},
        {"https://app.example.com?q", "https://app.example.com/?q"},
    };
    for (const auto& [rd, location] : cases)
        EXPECT_EQ(secure.check(rd), location) << rd;
}

TEST(safe_redirect, tricks_end_at_the_default_page) {
    for (const auto* rd : {"",
                           "//evil.example",
                           "///evil.example",
                           "/\\evil.example",
                           "\\\\evil.example",
                           "/\t/evil.example",
                           "https://evil.example",
                           "https://app.example.com.evil.example",
                           "https://evilapp.example.com",
                           "https://app.example.com@evil.example",
                           "https://app.example.com:evil@x",
                           "https://app.example.com%2f@evil.example",
                           "https://app.example.com\\@evil.example",
                           "https://app.example.com#@evil.example",
                           "https://app.example.com.",
                           "https://app.example.com:8443",
                           "http://app.example.com",
                           "http://auth.example.com/",
                           "https:app.example.com",
                           "https:/app.example.com",
                           "javascript:alert(1)",
                           "data:text/html,x",
                           "JaVaScRiPt://app.example.com/%0aalert(1)",
                           "https://apps.example.com",
                           "https://.apps.example.com",
                           "https://port.example.com",
                           "https://[::1]",
                           "https://app.example.com\r\nSet-Cookie: a=b",
                           "https://xn--pp-eka.example.com",
                           " https://app.example.com",
                           "https://\xd0\xb0pp.example.com",
                           "app.example.com",
                           "https://app.example.com:",
                           "https://app.example.com:0443x"})
        EXPECT_FALSE(secure.check(rd)) << rd;
    EXPECT_FALSE(secure.check(std::string(9000, 'a').insert(0, "/")));
}

// A path that browsers take for a host, as they take a backslash for a slash.
TEST(safe_redirect, GHSA_qqxw_m5fj_f7gv_slash_and_backslash) {
    for (const auto* rd :
         {"/\\evil.test", "/\\/evil.test", "\\/evil.test", "/a/..\\\\evil.test", "/%5Cevil.test", "/%255cevil.test"})
        EXPECT_FALSE(secure.check(rd)) << rd;
}

// White space that browsers drop before they look at the slashes.
TEST(safe_redirect, GHSA_j7px_6hwj_hpjg_white_space_between_slashes) {
    for (const auto* rd :
         {"/\t/evil.test", "/\n/evil.test", "/\r/evil.test", "/ /evil.test", "/\v/evil.test", "/\f/evil.test",
          "/\t\\evil.test", "\t//evil.test", "/%09/evil.test", "/%0a/evil.test", "/%2509/evil.test"})
        EXPECT_FALSE(secure.check(rd)) << rd;
}

// "*.apps.example.com" is about what stands below, and not about what merely ends in the same letters.
TEST(safe_redirect, GHSA_4mf2_f3wh_gvf2_parents_end_at_a_dot) {
    for (const auto* rd :
         {"https://evilapps.example.com/", "https://evil-apps.example.com/", "https://apps.example.com/",
          "https://apps.example.com.evil.test/", "https://a.apps.example.com.evil.test/",
          "https://a.apps.example.com@evil.test/", "https://.apps.example.com/", "https://a..apps.example.com/"})
        EXPECT_FALSE(secure.check(rd)) << rd;
    EXPECT_TRUE(secure.check("https://a.apps.example.com/"));
}

// X3
TEST(safe_redirect, addresses_have_one_spelling) {
    const safe_redirect local("http://[0:0::1]:9080", {{"192.0.2.1"}});
    EXPECT_EQ(local.own_origin(), "http://[::1]:9080");
    EXPECT_EQ(local.check("http://[::0:1]:9080/a"), "http://[::1]:9080/a");
    EXPECT_EQ(local.check("http://192.0.2.1/a"), "http://192.0.2.1/a");
    for (const auto* rd : {"http://192.0.513/", "http://3221225985/", "http://0300.0.2.1/", "http://0xc0.0.2.1/",
                           "http://192.0.2.01/", "http://[::1]/"})
        EXPECT_FALSE(local.check(rd)) << rd;
}

TEST(safe_redirect, over_http_both_schemes_pass) {
    const safe_redirect local("http://127.0.0.1:9080", {{"app.test"}});
    EXPECT_TRUE(local.check("http://app.test/"));
    EXPECT_TRUE(local.check("https://app.test/"));
    EXPECT_TRUE(local.check("http://127.0.0.1:9080/x"));
    EXPECT_FALSE(local.check("http://127.0.0.1:9081/x"));
}

TEST(safe_redirect, names_its_hosts_for_the_form_action_policy) {
    EXPECT_EQ(secure.form_action_sources(),
              "'self' https://app.example.com https://*.apps.example.com https://port.example.com:8443");
}

TEST(safe_redirect, malformed_configuration_does_not_start) {
    EXPECT_THROW(safe_redirect("nonsense", {}), std::invalid_argument);
    EXPECT_THROW(safe_redirect("https://a", {{"a/b"}}), std::invalid_argument);
}

}  // namespace
}  // namespace latchkey::http
