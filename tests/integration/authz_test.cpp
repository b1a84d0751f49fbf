// The authorization check for nginx, asked directly: who is told what, and whose headers are believed.
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace latchkey::test {
namespace {

const std::vector<std::string> identity{"Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups",
                                        "Remote-Session"};
const std::string endpoint = "/api/authz/auth-request";
const std::string original = "https://app.example.com/a/b?c=d&e=%20f";

// Clients at 127.0.0.1 are trusted proxies, those at 127.0.0.2 are not.
class authz : public testing::Test {
protected:
    static void SetUpTestSuite() {
        server_setup setup;
        setup.config["server.public_url"] = "\"https://auth.example.com\"";
        setup.config["server.trusted_proxies"] = R"(["127.0.0.1/32", "192.0.2.0/24"])";
        server_ = std::make_unique<latchkey_server>(setup);
    }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }

    static http_response ask_untrusted(const http_request& request) {
        return server().connect({.from = "127.0.0.2"}).ask(request);
    }
    static void expect_bodyless(const http_response& response) {
        expect_common_headers(response);
        EXPECT_EQ(response["Content-Length"], "0");
        EXPECT_EQ(response.body, "");
        EXPECT_EQ(response.count("Set-Cookie"), 0U);
    }
    static void expect_no_identity(const http_response& response) {
        for (const auto& name : identity)
            EXPECT_EQ(response.count(name), 0U) << name;
    }

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

// F3
TEST_F(authz, signed_in_with_every_identity_header) {
    for (const auto* user : {&alice(), &bob()}) {
        SCOPED_TRACE(user->email);
        const auto cookie = server().login(*user);
        const auto who = json_of(server().ask(get("/sessions/whoami", with_cookie(cookie))));
        for (const char* method : {"GET", "HEAD"}) {
            const auto response =
                server().ask({method,
                              endpoint,
                              with_cookie(cookie, {{"X-Original-URL", original}, {"X-Original-Method", "POST"}}),
                              {}});
            EXPECT_EQ(response.status, 200);
            expect_bodyless(response);
            for (const auto& name : identity)
                EXPECT_EQ(response.count(name), 1U) << name << ": always, be it empty";
            EXPECT_EQ(response["Remote-User"], who["user"]["id"]);
            EXPECT_EQ(response["Remote-Email"], user->email);
            EXPECT_EQ(response["Remote-Name"], user->name);
            EXPECT_EQ(response["Remote-Groups"], user->groups);
            EXPECT_EQ(response["Remote-Session"], who["id"]);
        }
    }
}

TEST(authz_options, remote_user_can_be_the_email) {
    server_setup setup;
    setup.config["identity.remote_user"] = "\"email\"";
    latchkey_server server(setup);
    const auto response = server.ask(get(endpoint, with_cookie(server.login(alice()), {{"X-Original-URL", original}})));
    EXPECT_EQ(response["Remote-User"], alice().email);
    EXPECT_EQ(response["Remote-Email"], alice().email);
}

TEST_F(authz, anonymous_is_sent_to_the_login_page) {
    for (const char* method : {"GET", "HEAD"}) {
        const auto response = server().ask({method, endpoint, {{"X-Original-URL", original}}, {}});
        EXPECT_EQ(response.status, 401);
        expect_bodyless(response);
        expect_no_identity(response);
        EXPECT_EQ(response["Location"], "https://auth.example.com/login?rd=" + percent_encode(original));
    }
    const auto response = server().ask(get(endpoint, {{"X-Original-URL", original}, {"X-Original-Method", "POST"}}));
    EXPECT_EQ(response["Location"], "https://auth.example.com/login?rd=" + percent_encode(original) + "&rm=POST");
}

// F2, F4: an unknown place is nobody's: 401 without a session, 403 with one; never 400, never 2xx.
TEST_F(authz, missing_or_malformed_url_denies) {
    const auto cookie = server().login(alice());
    const std::vector<header_list> bad{
        {},
        {{"X-Original-URL", ""}},
        {{"X-Original-URL", "  "}},
        {{"X-Original-URL", original}, {"X-Original-URL", original}},
        {{"X-Original-URL", original}, {"x-original-url", "https://app.example.com/public"}},
        {{"X-Original-URL", "/relative"}},
        {{"X-Original-URL", "//app.example.com/"}},
        {{"X-Original-URL", "app.example.com/"}},
        {{"X-Original-URL", "https:/app.example.com/"}},
        {{"X-Original-URL", "https://"}},
        {{"X-Original-URL", "https:///x"}},
        {{"X-Original-URL", "https://u@app.example.com/"}},
        {{"X-Original-URL", "https://app.example.com:99999/"}},
        {{"X-Original-URL", "https://app.example.com:/x\\y"}},
        {{"X-Original-URL", "https://app.example.com/a b"}},
        {{"X-Original-URL", "https://app.example.com/a#b"}},
        {{"X-Original-URL", "https://app.example.com/\\..\\x"}},
        {{"X-Original-URL", "https://app.example.com/\xff"}},
        {{"X-Original-URL", "https://\xd0\xb0pp.example.com/"}},
        {{"X-Original-URL", "https://a,b/"}},
        {{"X-Original-URL", "https://app.example.com/, https://app.example.com/"}},
        {{"X-Original-URL", "javascript:alert(1)"}},
        {{"X-Original-URL", "ftp://app.example.com/"}},
        {{"X_Original_URL", original}},
        {{"X-Original-Uri", original}},
        {{"X-Forwarded-Uri", original}, {"X-Forwarded-Host", "app.example.com"}},
    };
    for (const auto& headers : bad) {
        SCOPED_TRACE(headers.empty() ? "none" : headers.front().first + ": " + headers.front().second);
        const auto anonymous = server().ask(get(endpoint, headers));
        EXPECT_EQ(anonymous.status, 401);
        expect_bodyless(anonymous);
        expect_no_identity(anonymous);
        EXPECT_EQ(anonymous["Location"], "https://auth.example.com/login");
        const auto signed_in = server().ask(get(endpoint, with_cookie(cookie, headers)));
        EXPECT_EQ(signed_in.status, 403);
        expect_bodyless(signed_in);
        expect_no_identity(signed_in);
    }
}

// H10: hostile, but well-formed, parts of the URL end up encoded in Location.
TEST_F(authz, location_carries_the_url_encoded) {
    for (const std::string url : {"https://app.example.com/?%0d%0aSet-Cookie:x", "https://app.example.com/\"><script>",
                                  "https://app.example.com/?rd=x&rm=y&a=b+c"}) {
        const auto response = server().ask(get(endpoint, {{"X-Original-URL", url}}));
        EXPECT_EQ(response["Location"], "https://auth.example.com/login?rd=" + percent_encode(url));
    }
    for (const std::string& method :
         {std::string("G ET"), std::string("get\""), std::string("A&rd=//evil"), std::string(100, 'A')}) {
        const auto response =
            server().ask(get(endpoint, {{"X-Original-URL", original}, {"X-Original-Method", method}}));
        EXPECT_EQ(response.status, 401);
        EXPECT_THAT(response["Location"], testing::StartsWith("https://auth.example.com/login?rd="));
        EXPECT_THAT(response["Location"], testing::Not(testing::HasSubstr("evil")));
    }
}

// Other ways to ask are not this endpoint's.
TEST_F(authz, other_methods_are_refused) {
    const auto cookie = server().login(alice());
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"})
        EXPECT_EQ(server().ask({method, endpoint, with_cookie(cookie, {{"X-Original-URL", original}}), {}}).status,
                  405);
    for (const char* target : {"/api/authz/auth-request/", "/api/authz/auth-request/x", "//api/authz/auth-request",
                               "/api/authz", "/api/authz/AUTH-REQUEST", "/api/authz/auth-request%2f"})
        EXPECT_EQ(server().ask(get(target, with_cookie(cookie, {{"X-Original-URL", original}}))).status, 404) << target;
}

// F1
TEST_F(authz, forwarded_urls_count_only_from_trusted_proxies) {
    const auto cookie = server().login(alice());
    EXPECT_EQ(server().ask(get(endpoint, with_cookie(cookie, {{"X-Original-URL", original}}))).status, 200);
    EXPECT_EQ(ask_untrusted(get(endpoint, with_cookie(cookie, {{"X-Original-URL", original}}))).status, 403);
    const auto anonymous = ask_untrusted(get(endpoint, {{"X-Original-URL", original}}));
    EXPECT_EQ(anonymous.status, 401);
    EXPECT_EQ(anonymous["Location"], "https://auth.example.com/login");
}

// F1
TEST_F(authz, request_ids_count_only_from_trusted_proxies) {
    const auto id_for = [](const std::string& id) { return get("/health/alive", {{"X-Request-Id", id}}); };
    EXPECT_EQ(server().ask(id_for("abc-DEF_1.2"))["X-Request-Id"], "abc-DEF_1.2");
    EXPECT_NE(ask_untrusted(id_for("abc-DEF_1.2"))["X-Request-Id"], "abc-DEF_1.2");
    for (const std::string id : {"", " ", "a b", "a\"b", "a\\b", "<script>", "a,b", "\xff", "a\tb"}) {
        const auto given = server().ask(id_for(id))["X-Request-Id"];
        EXPECT_FALSE(given.empty());
        EXPECT_NE(given, id);
    }
    EXPECT_NE(server().ask(id_for(std::string(1'000, 'a')))["X-Request-Id"], std::string(1'000, 'a'));
    EXPECT_NE(server().ask(get("/health/alive", {{"X-Request-Id", "a"}, {"X-Request-Id", "b"}}))["X-Request-Id"], "b");
}

// F1: X-Forwarded-For is walked from the right, past trusted proxies only.
TEST_F(authz, client_address) {
    const auto ip_of = [](const http_response& response) {
        return json_of(response)["session"]["device"]["ip"].get<std::string>();
    };
    const auto ip_for = [&](const std::string& forwarded) {
        return ip_of(server().ask(login_request(alice(), {{"X-Forwarded-For", forwarded}})));
    };
    EXPECT_EQ(ip_of(server().ask(login_request(alice()))), "127.0.0.1");
    EXPECT_EQ(ip_for("203.0.113.9"), "203.0.113.9");
    EXPECT_EQ(ip_for("198.51.100.7, 203.0.113.9"), "203.0.113.9");
    EXPECT_EQ(ip_for("198.51.100.7, 203.0.113.9, 127.0.0.1"), "203.0.113.9");
    EXPECT_EQ(ip_for("198.51.100.7, 203.0.113.9, 192.0.2.8, 127.0.0.1"), "203.0.113.9");
    EXPECT_EQ(ip_for("203.0.113.9:4711"), "203.0.113.9");
    EXPECT_EQ(ip_for("2001:db8::1"), "2001:db8::1");
    EXPECT_EQ(ip_for("[2001:db8::1]:4711"), "2001:db8::1");
    for (const std::string garbage :
         {"", "unknown", "203.0.113.9.evil", "203.0.113.999", "x, y", "<script>", ",,,", "-1"})
        EXPECT_EQ(ip_for(garbage), "127.0.0.1") << garbage;
    const auto untrusted =
        server()
            .connect({.from = "127.0.0.2"})
            .ask(login_request(alice(), {{"X-Forwarded-For", "203.0.113.9"}, {"X-Real-IP", "203.0.113.9"}}));
    EXPECT_EQ(ip_of(untrusted), "127.0.0.2");
}

// F4: nothing that a client calls itself replaces a session.
TEST_F(authz, identity_headers_of_the_client_mean_nothing) {
    const header_list claims{{"X-Original-URL", original},    {"Remote-User", "root"},
                             {"Remote-Email", alice().email}, {"Remote-Groups", "admins"},
                             {"X-Forwarded-User", "root"},    {"User-Agent", "kube-probe/1.0"}};
    const auto response = server().ask(get(endpoint, claims));
    EXPECT_EQ(response.status, 401);
    expect_no_identity(response);
    const auto as_bob = server().ask(get(endpoint, with_cookie(server().login(bob()), claims)));
    EXPECT_EQ(as_bob["Remote-Email"], bob().email);
    EXPECT_EQ(as_bob["Remote-Groups"], "");
}

}  // namespace
}  // namespace latchkey::test
