// Who asks: cookie, access token, or both.
#include "authz_fixture.hpp"
#include "fake_tokens.hpp"
#include "make_access_policy.hpp"

#include <gmock/gmock.h>

namespace latchkey::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class identify_callers : public testing::handler_fixture {
protected:
    identify_callers() {
        ada_ = domain_.add_session("laptop", 12, testing::make_person(1, "ada@example.com"));
        const session eve = domain_.add_session("foreign", 21, testing::make_person(2, "eve@example.com"));
        tokens_.live["ada-token"] = domain_.add_session("phone", 11, ada_.user);
        tokens_.live["eve-token"] = eve;
        on();
    }
    void on() {
        auto parts = domain_.get();
        parts.tokens = &tokens_;
        use_domain(parts, options_);
    }
    static std::string bearer(const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; }
    testing::answer whoami(const std::string& fields) { return ask("GET /sessions/whoami", fields); }

    testing::fake_tokens tokens_;
    config options_;
    session ada_;
};

// RFC 6750 section 2.1; the scheme's case is free (RFC 9110 section 11.1).
TEST_F(identify_callers, a_token_does) {
    for (const std::string scheme : {"Bearer", "bearer", "BEARER"}) {
        const auto a = whoami("Authorization: " + scheme + " ada-token\r\n");
        EXPECT_EQ(a.status, 200);
        EXPECT_EQ(a.json()["id"], testing::numbered_id(11).str());
    }
}

// J3
TEST_F(identify_callers, a_token_that_is_none_is_said_to_be_none) {
    for (const std::string& fields : {bearer("stale"), bearer("x.y.z"), bearer(std::string(4'000, '.'))}) {
        const auto a = whoami(fields);
        EXPECT_EQ(a.status, 401);
        EXPECT_EQ(a.code(), "no_session");
        EXPECT_EQ(a.header("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
    }
    // Nobody showed a token.
    for (const std::string& fields :
         {std::string(), std::string("Authorization: Basic YWRhLXRva2Vu\r\n"), std::string("Authorization: Bearer\r\n"),
          std::string("Authorization: ada-token\r\n"), bearer("ada-token") + bearer("ada-token")}) {
        EXPECT_EQ(whoami(fields).status, 401) << fields;
        EXPECT_EQ(whoami(fields).header("WWW-Authenticate"), "") << fields;
    }
}

TEST_F(identify_callers, a_cookie_and_a_token_of_one_user_are_that_user) {
    EXPECT_EQ(whoami(cookie("laptop") + bearer("ada-token")).json()["id"], testing::numbered_id(12).str());
}

TEST_F(identify_callers, a_cookie_and_a_token_of_two_users_are_refused) {
    const auto a = whoami(cookie("laptop") + bearer("eve-token"));
    EXPECT_EQ(a.status, 401);
    EXPECT_EQ(a.code(), "ambiguous_credentials");
    EXPECT_EQ(ask("DELETE /sessions?all=true", cookie("laptop") + bearer("eve-token")).status, 401);
    EXPECT_EQ(domain_.sessions.live.size(), 3U);
}

// Applications have tokens of their own.
TEST_F(identify_callers, whichever_is_good_counts) {
    EXPECT_EQ(whoami(cookie("laptop") + bearer("of-the-application")).status, 200);
    EXPECT_EQ(whoami(cookie("laptop") + "Authorization: Basic eDp5\r\n").status, 200);
    EXPECT_EQ(whoami(cookie("ended") + bearer("ada-token")).json()["id"], testing::numbered_id(11).str());
    EXPECT_EQ(whoami("Cookie: __Host-session=laptop; __Host-session=phone\r\n" + bearer("ada-token")).status, 401);
}

TEST_F(identify_callers, a_store_that_does_not_answer_is_no_refusal) {
    tokens_.failure = errc::store_unavailable;
    EXPECT_EQ(whoami(bearer("ada-token")).status, 503);
    EXPECT_EQ(whoami(bearer("ada-token") + cookie("laptop")).status, 503);
    tokens_.failure.reset();
    domain_.sessions.broken = true;
    EXPECT_EQ(whoami(bearer("ada-token") + cookie("laptop")).status, 503);
    EXPECT_EQ(whoami(bearer("stale") + cookie("laptop")).status, 503);
}

// What changes something asks the store whatever is configured.
TEST_F(identify_callers, what_changes_something_is_strict) {
    EXPECT_EQ(ask("GET /sessions", bearer("ada-token")).status, 200);
    EXPECT_EQ(tokens_.last_scrutiny, token_scrutiny::strict);
    EXPECT_EQ(ask("DELETE /sessions/" + testing::numbered_id(12).str(), bearer("ada-token")).status, 204);
    EXPECT_EQ(tokens_.last_scrutiny, token_scrutiny::strict);
    EXPECT_EQ(whoami(bearer("ada-token")).status, 200);
    EXPECT_EQ(tokens_.last_scrutiny, token_scrutiny::configured);
}

TEST_F(identify_callers, signing_out_ends_what_was_shown) {
    EXPECT_EQ(ask("POST /logout", bearer("ada-token")).status, 204);
    EXPECT_THAT(domain_.audit.lines, ElementsAre("logout ada@example.com 11"));
    EXPECT_EQ(domain_.sessions.live.size(), 2U);
    EXPECT_EQ(ask("POST /logout", bearer("stale")).status, 204);
    EXPECT_EQ(ask("POST /logout", cookie("laptop") + bearer("eve-token")).status, 204);
    EXPECT_THAT(domain_.sessions.live, IsEmpty());
    tokens_.failure = errc::store_unavailable;
    EXPECT_EQ(ask("POST /logout", bearer("ada-token")).status, 503);
}

TEST_F(identify_callers, a_pure_token_is_shown_by_its_word) {
    options_.tokens.check_revocation = false;
    on();
    session by_claims = ada_;
    by_claims.id = testing::numbered_id(99);  // no such session, or not any more
    tokens_.live["pure"] = by_claims;
    const auto a = whoami(bearer("pure"));
    EXPECT_EQ(a.status, 200);
    EXPECT_EQ(a.json()["id"], testing::numbered_id(99).str());
    EXPECT_EQ(a.json()["user"]["email"], "ada@example.com");
}

// New cookies are for those who have one.
TEST_F(identify_callers, a_password_is_changed_by_the_cookie_alone) {
    EXPECT_EQ(ask("GET /account", bearer("ada-token")).status, 303);
    (void)ask("POST /sessions/reauthenticate", bearer("ada-token"), R"({"password":"x"})");
    EXPECT_EQ(domain_.logins.asked["token"], "");
}

class identify_for_proxies : public testing::authz_fixture {
protected:
    identify_for_proxies() {
        const auto ada = testing::make_person(1, "ada@example.com");
        const auto eve = testing::make_person(2, "eve@example.com");
        domain_.add_session("laptop", 12, ada);
        tokens_.live["ada-token"] = domain_.add_session("phone", 11, ada);
        tokens_.live["eve-token"] = domain_.add_session("foreign", 21, eve);
        auto parts = domain_.get();
        parts.tokens = &tokens_;
        use_domain(parts, options_, book_);
    }
    testing::answer check(const std::string& path, const std::string& fields) {
        return ask("GET " + path,
                   "X-Original-URL: https://app.example.com/x\r\nX-Original-Method: GET\r\n"
                   "X-Forwarded-Proto: https\r\nX-Forwarded-Host: app.example.com\r\nX-Forwarded-Uri: /x\r\n"
                   "X-Forwarded-Method: GET\r\n" +
                       fields);
    }
    testing::fake_tokens tokens_;
};

// Where any rule wants a token for the upstream, every answer says what its Authorization is to be: a client's own is
// never taken for ours.
TEST_F(identify_for_proxies, the_upstream_gets_a_token_where_a_rule_says_so) {
    options_.access.rules = {{{}, {"/x"}, {}, {}, {}, "authenticated", true}, {{}, {}, {}, {}, {}, "allow"}};
    auto parts = domain_.get();
    parts.tokens = &tokens_;
    use_domain(parts, options_, make_access_policy(options_.access));
    const auto of_laptop = "Bearer minted-for-" + testing::numbered_id(12).str();
    const std::string forged = "Authorization: Basic Zm9yZ2Vk\r\n";
    for (const std::string path : {nginx, forward, oauth2}) {
        SCOPED_TRACE(path);
        EXPECT_EQ(check(path, forged + cookie("laptop")).header("Authorization"), of_laptop);
        EXPECT_EQ(check(path, "Authorization: Bearer ada-token\r\n").header("Authorization"),
                  "Bearer minted-for-" + testing::numbered_id(11).str());
        tokens_.failure = errc::overloaded;
        EXPECT_EQ(check(path, cookie("laptop")).status, 503);
        tokens_.failure.reset();
    }
    // By the other rule: there, and empty.
    const std::string elsewhere =
        "X-Original-URL: https://app.example.com/y\r\nX-Original-Method: GET\r\nX-Forwarded-Proto: https\r\n"
        "X-Forwarded-Host: app.example.com\r\nX-Forwarded-Uri: /y\r\nX-Forwarded-Method: GET\r\n";
    for (const std::string path : {nginx, forward})
        for (const std::string& who : {forged, forged + cookie("laptop")}) {
            const auto a = ask("GET " + path, elsewhere + who);
            EXPECT_EQ(a.status, 200);
            EXPECT_NE(a.head.find("\r\nAuthorization: \r\n"), std::string::npos);
        }
    // Envoy's way.
    const std::string host = "X-Forwarded-Proto: https\r\nX-Forwarded-Host: app.example.com\r\n";
    EXPECT_EQ(ask("GET /api/authz/ext-authz/x", host + cookie("laptop")).status, 200);
    // Also before the restart that switches tokens on, and without any such rule while they are on: a proxy that hands
    // the line on must find one.
    parts.tokens = nullptr;
    use_domain(parts, options_, make_access_policy(options_.access));
    EXPECT_NE(check(nginx, cookie("laptop")).head.find("\r\nAuthorization: \r\n"), std::string::npos);
    options_.access.rules.erase(options_.access.rules.begin());
    use_domain(parts, options_, make_access_policy(options_.access));
    EXPECT_EQ(check(nginx, cookie("laptop")).head.find("Authorization"), std::string::npos);
    parts.tokens = &tokens_;
    use_domain(parts, options_, make_access_policy(options_.access));
    EXPECT_NE(check(nginx, cookie("laptop")).head.find("\r\nAuthorization: \r\n"), std::string::npos);
}

// Which method it is nobody said: a token only where every method would have it.
TEST_F(identify_for_proxies, a_method_that_is_not_told_gets_no_token_of_one) {
    options_.access.rules = {{{}, {}, {"GET"}, {}, {}, "authenticated", true}, {{}, {}, {}, {}, {}, "authenticated"}};
    auto parts = domain_.get();
    parts.tokens = &tokens_;
    use_domain(parts, options_, make_access_policy(options_.access));
    const auto a =
        ask("GET /api/authz/auth-request", "X-Original-URL: https://app.example.com/x\r\n" + cookie("laptop"));
    EXPECT_EQ(a.status, 200);
    EXPECT_NE(a.head.find("\r\nAuthorization: \r\n"), std::string::npos);
}

TEST_F(identify_for_proxies, every_endpoint_takes_tokens) {
    for (const std::string path : {nginx, forward, oauth2}) {
        SCOPED_TRACE(path);
        EXPECT_LT(check(path, "Authorization: Bearer ada-token\r\n").status, 300);
        EXPECT_EQ(check(path, "Authorization: Bearer stale\r\n").status, 401);
        EXPECT_EQ(check(path, "Authorization: Bearer stale\r\n").header("WWW-Authenticate"),
                  "Bearer error=\"invalid_token\"");
        EXPECT_LT(check(path, "Authorization: Bearer stale\r\n" + cookie("laptop")).status, 300);
        // Two users are nobody: no identity, no 503, no page.
        const auto both = check(path, "Authorization: Bearer eve-token\r\n" + cookie("laptop"));
        EXPECT_EQ(both.status, 401);
        EXPECT_EQ(both.body, "");
        EXPECT_EQ(both.header("Remote-User"), "");
        tokens_.failure = errc::store_unavailable;
        EXPECT_EQ(check(path, "Authorization: Bearer ada-token\r\n").status, 503);
        tokens_.failure.reset();
    }
    EXPECT_EQ(check(nginx, "Authorization: Bearer ada-token\r\n").header("Remote-Email"), "ada@example.com");
}

}  // namespace
}  // namespace latchkey::http
