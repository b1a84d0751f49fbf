// /oauth2/auth, for nginx configurations that were written for oauth2-proxy.
#include "expectations.hpp"
#include "guarded_sites.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace latchkey::test {
namespace {

const std::string drop_in = "/oauth2/auth";
const std::vector<std::string> names{"X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Groups",
                                     "X-Auth-Request-Preferred-Username"};

// What oauth2-proxy's own documentation has nginx send.
header_list as_documented(header_list more = {}) {
    more.insert(more.begin(), {{"Host", "app.example.com"},
                               {"X-Real-IP", "203.0.113.7"},
                               {"X-Forwarded-Uri", "/public/x"},
                               {"X-Scheme", "https"}});
    return more;
}

class oauth2_auth : public testing::Test {
protected:
    static void SetUpTestSuite() {
        auto setup = guarded_sites();
        setup.config["access.default"] = "\"authenticated\"";
        server_ = std::make_unique<latchkey_server>(setup);
        alice_ = server_->login(alice());
        bob_ = server_->login(bob());
    }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }
    static http_response check(const header_list& headers) { return server().ask(get(drop_in, headers)); }

    inline static std::string alice_, bob_;

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

TEST_F(oauth2_auth, signed_in_is_202_with_every_header) {
    for (const auto& [cookie, user] : {std::pair{alice_, &alice()}, {bob_, &bob()}}) {
        const auto who = json_of(server().ask(get("/sessions/whoami", with_cookie(cookie))));
        for (const char* method : {"GET", "HEAD"}) {
            const auto response = server().ask({method, drop_in, as_documented(with_cookie(cookie)), {}});
            EXPECT_EQ(response.status, 202);
            expect_common_headers(response);
            EXPECT_EQ(response["Content-Length"], "0");
            EXPECT_EQ(response.count("Set-Cookie"), 0U);
            for (const auto& name : names)
                EXPECT_EQ(response.count(name), 1U) << name;
            EXPECT_EQ(response["X-Auth-Request-User"], who["user"]["id"]);
            EXPECT_EQ(response["X-Auth-Request-Email"], user->email);
            EXPECT_EQ(response["X-Auth-Request-Groups"], user->groups);
            EXPECT_EQ(response["X-Auth-Request-Preferred-Username"], user->email);
        }
    }
}

// F4
TEST_F(oauth2_auth, anonymous_is_401_and_nothing_else) {
    expect_bare_refusal(check(as_documented()), 401);
    expect_bare_refusal(check(as_browser(as_documented())), 401);
    expect_bare_refusal(check(with_cookie("nobodys", as_documented())), 401);
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"})
        EXPECT_EQ(server().ask({method, drop_in, as_documented(with_cookie(alice_)), {}}).status, 405);
    for (const char* target : {"/oauth2/auth/", "/oauth2", "/oauth2/start", "/oauth2/sign_in", "/OAUTH2/auth"})
        EXPECT_EQ(server().ask(get(target, with_cookie(alice_))).status, 404) << target;
}

// CVE-2026-40575, GHSA-7x63-xv5r-3p2x: a client's own words about the URL let nobody in without a session.
TEST_F(oauth2_auth, nobody_passes_by_words_alone) {
    const std::string open = "https://app.example.com/public/x";
    for (const auto& more : std::vector<header_list>{{{"X-Original-URL", open}, {"X-Original-Method", "GET"}},
                                                     forwarded("app.example.com", "/public/x"),
                                                     {{"X-Auth-Request-Redirect", open}},
                                                     {{"X-Auth-Request-User", "root"}, {"X-Forwarded-User", "root"}},
                                                     {{"User-Agent", "kube-probe/1.30"}}})
        expect_bare_refusal(check(as_documented(more)), 401);
}

TEST_F(oauth2_auth, rules_need_a_url) {
    const auto at = [&](const std::string& cookie, const std::string& url) {
        return check(with_cookie(cookie, {{"X-Original-URL", url}, {"X-Original-Method", "GET"}})).status;
    };
    EXPECT_EQ(at(alice_, "https://admin.example.com/"), 202);
    EXPECT_EQ(at(bob_, "https://admin.example.com/"), 403);
    EXPECT_EQ(at(bob_, "https://ADMIN.example.com./"), 403);
    EXPECT_EQ(at(alice_, "https://closed.example.com/"), 403);
    EXPECT_EQ(at(bob_, "https://elsewhere.test/"), 202) << "the default";
    for (const char* url :
         {"", "/", "https://", "https://app.example.com/../x", "https://app.example.com/%zz", "https://a,b/"})
        EXPECT_EQ(at(alice_, url), 403) << url;
    const header_list twice{{"X-Original-URL", "https://app.example.com/"},
                            {"X-Original-URL", "https://app.example.com/"}};
    expect_bare_refusal(check(with_cookie(alice_, twice)), 403);
    const auto stranger = server()
                              .connect({.from = "127.0.0.2"})
                              .ask(get(drop_in, with_cookie(bob_, {{"X-Original-URL", "https://admin.example.com/"}})));
    EXPECT_EQ(stranger.status, 202) << "a stranger's URL is none: the default alone";
}

TEST(oauth2_auth_default, deny_is_for_everybody) {
    latchkey_server server(guarded_sites());
    const auto cookie = server.login(alice());
    EXPECT_EQ(server.ask(get(drop_in, with_cookie(cookie))).status, 403);
    EXPECT_EQ(server.ask(get(drop_in)).status, 401);
    EXPECT_EQ(server.ask(get(drop_in, with_cookie(cookie, {{"X-Original-URL", "https://app.example.com/"}}))).status,
              202);
}

}  // namespace
}  // namespace latchkey::test
