// Lessons that others paid for, each as the request that was their undoing: through the handlers, with real access
// rules. Behind each rule stands the same promise: what a client can send never turns a refusal into a 2xx.
#include "authz_fixture.hpp"
#include "make_access_policy.hpp"

#include <gmock/gmock.h>

namespace latchkey::http {
namespace {

using testing::field_list;

class advisories : public testing::authz_fixture {
protected:
    advisories() {
        options_.access.rules = {
            {{"admin.example.com", "*.admin.example.com"}, {}, {}, {"admins"}, {}, "authenticated"},
            {{"app.example.com"}, {"/health", "/public/*"}, {"GET", "HEAD"}, {}, {}, "allow"},
            {{"*.example.com"}, {}, {}, {}, {}, "authenticated"},
        };
        options_.access.default_policy = "deny";
        use(options_, make_access_policy(options_.access));
    }
    int status(const std::string& target, const field_list& fields) { return get(target, fields).status; }
    // By every dialect, for an anonymous caller.
    std::vector<int> anonymous(const std::string& host, const std::string& uri, const field_list& more = {}) {
        auto url = with(original(), "X-Original-URL", "https://" + host + uri);
        auto pieces = with(with(forwarded(), "X-Forwarded-Host", host), "X-Forwarded-Uri", uri);
        field_list scheme{{"X-Forwarded-Proto", "https"}};
        for (auto* fields : {&url, &pieces, &scheme})
            fields->insert(fields->end(), more.begin(), more.end());
        host_ = host;
        const std::vector<int> out{status(nginx, url), status(forward, pieces), status(envoy + uri, scheme)};
        host_ = "x";
        return out;
    }
    const std::vector<int> passes_{200, 200, 200};
    const std::vector<int> login_{401, 401, 401};
};

TEST_F(advisories, the_rules_are_in_force) {
    EXPECT_EQ(anonymous("app.example.com", "/health"), passes_);
    EXPECT_EQ(anonymous("app.example.com", "/public/a?b"), passes_);
    EXPECT_EQ(anonymous("app.example.com", "/private"), login_);
    EXPECT_EQ(anonymous("elsewhere.test", "/health"), (std::vector{403, 403, 403}));
}

// CVE-2026-40575, GHSA-7x63-xv5r-3p2x: a client's own X-Forwarded-Uri, beside the proxy's or in its place.
TEST_F(advisories, CVE_2026_40575_a_spoofed_forwarded_uri) {
    const auto guarded = with(forwarded(), "X-Forwarded-Uri", "/private");
    EXPECT_EQ(status(forward, guarded), 401);
    EXPECT_EQ(status(forward, plus(guarded, "X-Forwarded-Uri", "/health")), 401);
    field_list spoof_first{{"X-Forwarded-Uri", "/health"}};
    spoof_first.insert(spoof_first.end(), guarded.begin(), guarded.end());
    EXPECT_EQ(status(forward, spoof_first), 401);
    EXPECT_EQ(status(forward, signed_in(spoof_first)), 403);
    EXPECT_EQ(status(forward, with(guarded, "X-Forwarded-Uri", "/private, /health")), 401);
    EXPECT_EQ(status(nginx, plus(with(original(), "X-Original-URL", "https://app.example.com/private"),
                                 "X-Forwarded-Uri", "/health")),
              401);
    host_ = "app.example.com";
    EXPECT_EQ(status(std::string(envoy) + "/private", {{"X-Forwarded-Proto", "https"},
                                                       {"X-Forwarded-Uri", "/health"},
                                                       {"X-Original-URL", "https://app.example.com/health"}}),
              401);
    // The endpoint that such configurations call never reads it, and lets nobody in without a name.
    EXPECT_EQ(status(oauth2, {{"X-Forwarded-Uri", "/health"},
                              {"X-Forwarded-Host", "app.example.com"},
                              {"X-Forwarded-Proto", "https"}}),
              401);
    EXPECT_EQ(status(oauth2, {{"X-Original-URL", "https://app.example.com/health"}, {"X-Original-Method", "GET"}}),
              401);
}

TEST_F(advisories, GHSA_7x63_xv5r_3p2x_nobody_is_trusted_by_default) {
    peer_trusted_ = false;
    EXPECT_EQ(anonymous("app.example.com", "/health"), login_);
    EXPECT_EQ(status(forward, signed_in(forwarded())), 403);
    EXPECT_EQ(status(nginx, signed_in(original())), 403);
}

// F4. A User-Agent of a health check is a word like any other.
TEST_F(advisories, GHSA_5hvv_m4w4_gf6v_a_health_check_user_agent) {
    for (const auto* agent :
         {"GoogleHC/1.0", "kube-probe/1.30", "ELB-HealthChecker/2.0", "Consul Health Check", "HealthChecker", ""})
        EXPECT_EQ(anonymous("app.example.com", "/private", {{"User-Agent", agent}}), login_) << agent;
}

// F2. Underscores are no hyphens: such a field is nobody's here, beside the real one or alone.
TEST_F(advisories, CVE_2025_64484_underscore_headers) {
    const auto guarded = with(forwarded(), "X-Forwarded-Uri", "/private");
    for (const auto* name : {"X_Forwarded_Uri", "X_Forwarded-Uri", "X-Forwarded_Uri", "x_forwarded_uri"}) {
        EXPECT_EQ(status(forward, plus(guarded, name, "/health")), 401) << name;
        EXPECT_EQ(status(forward, plus(without(guarded, "X-Forwarded-Uri"), name, "/health")), 401) << name;
        EXPECT_EQ(status(forward, signed_in(plus(without(guarded, "X-Forwarded-Uri"), name, "/health"))), 403) << name;
    }
    EXPECT_EQ(status(nginx, {{"X_Original_URL", "https://app.example.com/health"}}), 401);
    const auto a = get(forward, plus(plus(with(forwarded(), "X-Forwarded-Uri", "/health"), "Remote_User", "root"),
                                     "X_Forwarded_User", "root"));
    EXPECT_EQ(a.status, 200);
    EXPECT_EQ(a.header("Remote-User"), "");
    EXPECT_EQ(a.head.find("root"), std::string::npos);
}

// F2. What one parser cannot read must not be nothing to guard.
TEST_F(advisories, CVE_2021_32637_malformed_urls) {
    for (const auto* uri : {"/%", "/%zz", "/public/%", "/public/%2", "/public/%c0%af", "/public/\xff", "/public/%00",
                            "/public/#/../private", "/public/a\\b", "/public/%0d%0a"}) {
        EXPECT_EQ(status(nginx, with(original(), "X-Original-URL", "https://app.example.com" + std::string(uri))), 401)
            << uri;
        EXPECT_EQ(
            status(forward, with(with(forwarded(), "X-Forwarded-Host", "app.example.com"), "X-Forwarded-Uri", uri)),
            401)
            << uri;
    }
    for (const auto* url : {":", "https:", "https://%", "https://[/health", "https://app.example.com:x/health",
                            "https://app.example.com%00/health", "%"})
        EXPECT_EQ(status(nginx, with(original(), "X-Original-URL", url)), 401) << url;
}

// F5. What a server never sees takes no part in a match, and is refused where it comes all the same.
TEST_F(advisories, GHSA_pxq7_h93f_9jrg_a_fragment) {
    for (const auto* uri : {"/private#/public/a", "/private#/health", "/health#", "/public/a#b"}) {
        EXPECT_EQ(status(nginx, with(original(), "X-Original-URL", "https://app.example.com" + std::string(uri))), 401);
        EXPECT_EQ(status(forward, with(forwarded(), "X-Forwarded-Uri", uri)), 401) << uri;
    }
    for (const auto* uri : {"/private%23/public/a", "/private%23", "/private%2523/health"})
        EXPECT_EQ(anonymous("app.example.com", uri), login_) << uri;
}

TEST_F(advisories, GHSA_7rh7_c77v_6434_a_query) {
    for (const auto* uri :
         {"/private?/public/a", "/private?/health", "/private?x=/health", "/?/../public/a", "/private%3F/public/a"})
        EXPECT_EQ(anonymous("app.example.com", uri), login_) << uri;
    EXPECT_EQ(anonymous("app.example.com", "/health?/private"), passes_);
}

// F5: several readings, and the strictest counts.
TEST_F(advisories, paths_that_servers_read_differently) {
    for (const auto* uri :
         {"/public/..%2fprivate", "/public/..;/private", "/public/%2e%2e/private", "/public/../private",
          "/public/..%252fprivate", "/private/%2e%2e/public/a", "/private;/public/a", "//private", "/%70rivate",
          "/private?/public/a", "/private%3F/public/a", "/public%2Fa", "/private/..%2fpublic/a", "/PUBLIC/a",
          "/health/", "/health;x/../private", "/publicx", "/public"})
        EXPECT_EQ(anonymous("app.example.com", uri), login_) << uri;
    for (const auto* uri : {"/public//a", "/public/%61", "/health?x=/../private", "/%68ealth"})
        EXPECT_EQ(anonymous("app.example.com", uri), passes_) << uri;
}

// F5. The stricter rule of a host holds for every spelling of it.
TEST_F(advisories, CVE_2026_48794_host_case) {
    for (const auto* host :
         {"a.admin.example.com", "a.Admin.example.com", "a.ADMIN.EXAMPLE.COM", "A.aDmIn.ExAmPlE.cOm.",
          "admin.example.com", "Admin.Example.com:443", "ADMIN.example.com."}) {
        EXPECT_EQ(anonymous(host, "/"), login_) << host;
        host_ = host;
        EXPECT_EQ(status(forward, signed_in(with(forwarded(), "X-Forwarded-Host", host))), 403)
            << host << ": ada is no admin";
        EXPECT_EQ(status(nginx, signed_in(with(original(), "X-Original-URL", "https://" + std::string(host) + "/"))),
                  403)
            << host;
        EXPECT_EQ(status(std::string(envoy) + "/", signed_in({{"X-Forwarded-Proto", "https"}})), 403) << host;
        host_ = "x";
    }
}

// F2. A client that has the proxy strip what it added gets a refusal, and one that names the fields to us changes
// nothing.
TEST_F(advisories, CVE_2024_45410_hop_by_hop_stripping) {
    for (const auto* name : {"X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Uri"}) {
        const auto stripped = plus(without(with(forwarded(), "X-Forwarded-Uri", "/health"), name), "Connection", name);
        EXPECT_EQ(status(forward, stripped), 401) << name;
        EXPECT_EQ(status(forward, signed_in(stripped)), 403) << name;
        EXPECT_EQ(status(forward, plus(with(forwarded(), "X-Forwarded-Uri", "/private"), "Connection", name)), 401)
            << name;
    }
    // Without a method only what every method may is permitted: /health is for GET and HEAD.
    EXPECT_EQ(status(forward, plus(without(with(forwarded(), "X-Forwarded-Uri", "/health"), "X-Forwarded-Method"),
                                   "Connection", "X-Forwarded-Method")),
              401);
    EXPECT_EQ(status(forward, plus(signed_in(forwarded()), "Connection", "Remote-User, Cookie")), 200);
}

// C3, F4. A cookie that is nobody's, however odd, is nobody: anonymous where a rule lets everybody in, refused
// elsewhere.
TEST_F(advisories, CVE_2026_25748_malformed_cookies) {
    const std::vector<std::string> odd{"__Host-session",
                                       "__Host-session=",
                                       "__Host-session==",
                                       "=",
                                       ";;;",
                                       "__Host-session=\"adas\"",
                                       "__Host-session=adas;__Host-session=x",
                                       "__Host-session=%61das",
                                       "__host-session=adas",
                                       "__Host-session=adas\xff",
                                       "__Host-session=adas, x",
                                       "$Version=1; __Host-session=x",
                                       "session=adas",
                                       "__Host-session=" + std::string(4'000, 'a')};
    for (const auto& cookie : odd) {
        EXPECT_EQ(anonymous("app.example.com", "/private", {{"Cookie", cookie}}), login_) << cookie;
        EXPECT_EQ(anonymous("app.example.com", "/health", {{"Cookie", cookie}}), passes_) << cookie;
        const auto a = get(forward, plus(with(forwarded(), "X-Forwarded-Uri", "/health"), "Cookie", cookie));
        EXPECT_EQ(a.header("Remote-User"), "") << cookie;
        EXPECT_EQ(status(oauth2, {{"Cookie", cookie}}), 401) << cookie;
    }
}

}  // namespace
}  // namespace latchkey::http
