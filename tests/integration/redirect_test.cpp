// X2, X3, H10: where `rd` may lead. Each target goes through a JSON login, a form login and the page of somebody who is
// already signed in.
#include "expectations.hpp"
#include "latchkey_server.hpp"
#include "redirect_lists.hpp"

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
        setup.config["redirect.allowed_hosts"] =
            R"(["app.example.com", "*.apps.example.com", "port.example.com:8443"])";
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
    // What is no UTF-8 cannot be sent as JSON.
    static bool is_valid_json_text(const std::string& text) {
        return text.find_first_not_of(
                   "\t\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
                   "abcdefghijklmnopqrstuvwxyz{|}~") == text.npos;
    }
    static std::string of_form(const std::string& rd) {
        const auto response =
            server().ask(post_form("/login", {{"email", alice().email}, {"password", alice().password}, {"rd", rd}}));
        // What is no UTF-8 is refused as a form.
        EXPECT_TRUE(response.status == 303 || (response.status == 400 && !is_valid_json_text(rd))) << response.status;
        return response.status == 400 ? "/account" : response["Location"];
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
    const auto tricks = redirect_tricks();
    EXPECT_GE(tricks.size(), 500U);
    for (std::size_t i = 0; i < tricks.size(); ++i) {
        const auto& rd = tricks[i].rd;
        SCOPED_TRACE(testing::PrintToString(rd));
        EXPECT_EQ(of_page(rd), "/account");
        EXPECT_EQ(of_form(rd), "/account");
        if (is_valid_json_text(rd)) {
            EXPECT_EQ(of_json(rd), "");
        }
        if (i % 16 == 0) {
            EXPECT_THAT(of_anonymous_page(rd), testing::Not(testing::HasSubstr("name=\"rd\"")));
        }
    }
    const std::string overlong = "/" + std::string(9'000, 'a');
    EXPECT_EQ(of_json(overlong), "");
    EXPECT_EQ(of_form(overlong), "/account");
    EXPECT_EQ(of_json(""), "");
    EXPECT_EQ(of_form(""), "/account");
    EXPECT_EQ(of_page(""), "/account");
}

TEST_F(redirects, what_is_permitted) {
    const auto targets = redirect_targets();
    EXPECT_GE(targets.size(), 60U);
    for (const auto& [rd, canonical, browser] : targets) {
        SCOPED_TRACE(rd);
        EXPECT_EQ(of_json(rd), canonical);
        EXPECT_EQ(of_form(rd), canonical);
        EXPECT_EQ(of_page(rd), canonical);
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

// What came with a form that failed, or could not even be read, leads back all the same; what would be refused does
// not.
TEST_F(redirects, the_way_back_survives_failures) {
    const std::string rd = "https://app.example.com/a?b=c&d=%20e";
    const auto kept = testing::HasSubstr("name=\"rd\" value=\"https://app.example.com/a?b=c&amp;d=%20e\"");
    EXPECT_THAT(of_anonymous_page(rd), kept);
    const auto failed =
        server().ask(post_form("/login", {{"email", alice().email}, {"password", "wrong"}, {"rd", rd}}));
    EXPECT_EQ(failed.status, 401);
    EXPECT_THAT(failed.body, kept);
    EXPECT_THAT(failed.body, testing::HasSubstr(alice().email)) << "what was typed is kept, too";
    const auto empty = server().ask(post_form("/login", {{"email", alice().email}, {"rd", rd}}));
    EXPECT_EQ(empty.status, 400);
    EXPECT_THAT(empty.body, kept);
    const auto too_long = server().ask(
        post_form("/login", {{"email", alice().email}, {"password", std::string(1'025, 'x')}, {"rd", rd}}));
    EXPECT_EQ(too_long.status, 400);
    EXPECT_THAT(too_long.body, kept);
    EXPECT_EQ(of_form(rd), rd);
    const auto evil = server().ask(
        post_form("/login", {{"email", alice().email}, {"password", "wrong"}, {"rd", "https://evil.test/"}}));
    EXPECT_EQ(evil.status, 401);
    EXPECT_THAT(evil.body, testing::Not(testing::HasSubstr("evil.test")));
}

// The method of the interrupted request changes nothing about where it goes on, nor does nonsense in its place.
TEST_F(redirects, the_way_back_is_a_get) {
    const auto cookie = server().login(bob());
    for (const std::string rm :
         {"", "&rm=GET", "&rm=POST", "&rm=DELETE", "&rm=", "&rm=%00", "&rm=POST&rm=GET", "&rm=evil.test"}) {
        const auto response =
            server().ask(get("/login?rd=https%3A%2F%2Fapp.example.com%2Fform" + rm, with_cookie(cookie)));
        EXPECT_EQ(response.status, 303) << rm;
        EXPECT_EQ(response["Location"], "https://app.example.com/form") << rm;
    }
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
