// X2, X3, H10: where `rd` may lead. Each target goes through a JSON login, a form login and the page of somebody who is
// already signed in.
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace latchkey::test {
namespace {

using nlohmann::json;

class redirects : public testing::Test {
protected:
    static void SetUpTestSuite() {
        server_setup setup;
        setup.config["server.public_url"] = "\"https://auth.example.com\"";
        setup.config["redirect.allowed_hosts"] = R"(["app.example.com", "*.apps.example.com", "dev.example.com:8443"])";
        server_ = std::make_unique<latchkey_server>(setup);
        cookie_ = server_->login(bob());  // alice's many logins would push it out
    }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }

    // What a JSON login answers; "" for null.
    static std::string of_json(const std::string& rd) {
        const auto response = server().ask(
            post_json("/login", json{{"email", alice().email}, {"password", alice().password}, {"rd", rd}}.dump()));
        EXPECT_EQ(response.status, 200) << response.body;
        const auto target = json_of(response)["redirect"];
        return target.is_null() ? "" : target.get<std::string>();
    }
    static std::string of_form(const std::string& rd) {
        const auto response =
            server().ask(post_form("/login", {{"email", alice().email}, {"password", alice().password}, {"rd", rd}}));
        EXPECT_EQ(response.status, 303);
        return response["Location"];
    }
    static std::string of_page(const std::string& rd) {
        const auto response = server().ask(get("/login?rd=" + percent_encode(rd), with_cookie(cookie_)));
        EXPECT_EQ(response.status, 303);
        return response["Location"];
    }
    // Every answer of the kind above is a whole one: nothing in `rd` ends a field or a head early.
    static std::string of_anonymous_page(const std::string& rd) {
        const auto response = server().ask(get("/login?rd=" + percent_encode(rd)));
        EXPECT_EQ(response.status, 200);
        return response.body;
    }

private:
    inline static std::unique_ptr<latchkey_server> server_;
    inline static std::string cookie_;
};

TEST_F(redirects, tricks_end_at_the_default_page) {
    const std::vector<std::string> tricks{
        "//evil.test",
        "///evil.test",
        "////evil.test",
        "//evil.test/%2f..",
        "/\\evil.test",
        "\\/evil.test",
        "\\\\evil.test",
        "/\\/evil.test",
        "//\\evil.test",
        "\\evil.test",
        "/\t/evil.test",
        "/\n/evil.test",
        "/\r/evil.test",
        "\t//evil.test",
        " //evil.test",
        "\x01//evil.test",
        "//app.example.com/",
        "https:evil.test",
        "https:/evil.test",
        "https:///evil.test",
        "https:\\\\evil.test",
        "https://evil.test",
        "https://evil.test/",
        "https://evil.test#app.example.com",
        "https://evil.test?app.example.com",
        "https://evil.test\\@app.example.com",
        "https://evil.test\\.app.example.com",
        "https://app.example.com@evil.test",
        "https://app.example.com:443@evil.test",
        "https://user:pw@app.example.com/",
        "https://@app.example.com/",
        "https://app.example.com.evil.test/",
        "https://app.example.com%2eevil.test/",
        "https://app.example.com%00.evil.test/",
        "https://app.example.com%2f@evil.test",
        "https://evil.test%23.app.example.com/",
        "https://evilapp.example.com/",
        "https://example.com/",
        "https://apps.example.com/",
        "https://.apps.example.com/",
        "https://xapps.example.com/",
        "https://apps.example.com.evil.test/",
        "https://a.apps.example.com.evil.test/",
        "https://app.example.com./",
        "https://app.example.com:8443/",
        "https://app.example.com:0/",
        "https://app.example.com:80/",
        "https://app.example.com:x/",
        "https://app.example.com:/\\evil.test",
        "https://dev.example.com/",
        "https://dev.example.com:8444/",
        "http://app.example.com/",
        "http://auth.example.com/",
        "http://evil.test",
        "HTTP://app.example.com/",
        "https://auth.example.com:444/",
        "https://auth.example.com.evil.test/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[app.example.com]/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "javascript://app.example.com/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "blob:https://app.example.com/x",
        "file:///etc/passwd",
        "ftp://app.example.com/",
        "view-source:https://app.example.com",
        "https://xn--pp-xka.example.com/",
        "https://\xd0\xb0pp.example.com/",
        "https://app\xe3\x80\x82"
        "example.com/",
        "https://app.example.com\xef\xbc\x8f.evil.test/",
        "account",
        "./account",
        "../account",
        "?x",
        "#x",
        " ",
        "https://",
        "https://?",
        "https:",
        "://app.example.com/",
        "https://app.example.com /",
        "https://app.example.com/ x",
        "/a\r\nSet-Cookie: x=y",
        "/a\nSet-Cookie: x=y",
        "https://app.example.com/\r\nSet-Cookie: x=y",
        std::string("/a\0b", 4),
        "/a\x7f",
        "/a\\b",
        "/" + std::string(9'000, 'a'),
    };
    EXPECT_GE(tricks.size(), 40U);
    for (const auto& rd : tricks) {
        SCOPED_TRACE(testing::PrintToString(rd.substr(0, 100)));
        EXPECT_EQ(of_json(rd), "");
        EXPECT_EQ(of_form(rd), "/account");
        if (rd.size() < 2'000) {
            EXPECT_EQ(of_page(rd), "/account");
        }
    }
    EXPECT_EQ(of_json(""), "");
    EXPECT_EQ(of_form(""), "/account");
    EXPECT_EQ(of_page(""), "/account");
}

TEST_F(redirects, what_is_permitted) {
    const std::vector<std::string> legitimate{
        "/",
        "/a",
        "/a/b/",
        "/a?b=c&d=e",
        "/a?u=https://evil.test/",
        "/a?u=//evil.test",
        "/a%20b",
        "/a@b",
        "/a:b",
        "https://auth.example.com/",
        "https://auth.example.com/x?y=z",
        "https://app.example.com/",
        "https://app.example.com/p/q?r=s",
        "https://app.example.com/@evil.test",
        "https://a.apps.example.com/x",
        "https://dev.example.com:8443/x",
    };
    for (const auto& rd : legitimate) {
        SCOPED_TRACE(rd);
        EXPECT_EQ(of_json(rd), rd);
        EXPECT_EQ(of_form(rd), rd);
        EXPECT_EQ(of_page(rd), rd);
        EXPECT_THAT(of_anonymous_page(rd), testing::HasSubstr("name=\"rd\""));
    }
}

// Spelt differently, but the same place.
TEST_F(redirects, hosts_are_compared_without_case_and_default_port) {
    for (const auto& rd : {"HTTPS://APP.EXAMPLE.COM/x", "https://App.Example.com:443/x", "https://app.example.com/x"})
        EXPECT_THAT(of_json(rd), testing::MatchesRegex("(https|HTTPS)://[Aa][Pp][Pp]\\.[A-Za-z]+\\.[A-Za-z]+(:443)?/x"))
            << rd;
}

// A refused rd does not come back from the page either, where the form would post it.
TEST_F(redirects, the_page_drops_a_refused_target) {
    EXPECT_THAT(of_anonymous_page("https://evil.test/"), testing::Not(testing::HasSubstr("evil.test")));
    EXPECT_THAT(of_anonymous_page("javascript:alert(1)"), testing::Not(testing::HasSubstr("alert")));
}

TEST_F(redirects, two_targets_are_none) {
    const auto cookie = server().login(alice());
    for (const char* query : {"rd=/a&rd=/b", "rd=/a&rd=https://evil.test", "rd=%", "rd=%zz", "rd=%ff", "rd"})
        EXPECT_EQ(server().ask(get(std::string("/login?") + query, with_cookie(cookie)))["Location"], "/account")
            << query;
}

// X3: nothing is ever built from what the client calls us.
TEST_F(redirects, no_url_from_host) {
    const header_list evil{{"Host", "evil.test"}, {"X-Forwarded-Host", "evil.test"}, {"Forwarded", "host=evil.test"}};
    const auto check = server().ask(get("/api/authz/auth-request", evil));
    EXPECT_EQ(check["Location"], "https://auth.example.com/login");
    for (const auto& request :
         {get("/login", evil), get("/account", evil), get("/login?rd=https://evil.test/x", evil)}) {
        const auto response = server().ask(request);
        EXPECT_THAT(response.body + response["Location"], testing::Not(testing::HasSubstr("evil.test")));
    }
    const auto cookie = server().login(alice());
    EXPECT_EQ(server().ask(get("/login", with_cookie(cookie, evil)))["Location"], "/account");
}

// Without any allowed host, only the public URL itself.
TEST(redirect_defaults, only_the_public_url) {
    latchkey_server server;
    const auto cookie = server.login(alice());
    const auto location = [&](const std::string& rd) {
        return server.ask(get("/login?rd=" + percent_encode(rd), with_cookie(cookie)))["Location"];
    };
    EXPECT_EQ(location("/x"), "/x");
    EXPECT_EQ(location(server.origin() + "/x"), server.origin() + "/x");
    EXPECT_EQ(location("http://127.0.0.1/x"), "/account");
    EXPECT_EQ(location("https://app.example.com/"), "/account");
    EXPECT_EQ(location("http://localhost:" + std::to_string(server.port()) + "/x"), "/account");
}

}  // namespace
}  // namespace latchkey::test
