// Logging in and out: cookies, the session object, rotation, and answers that tell nothing.
#include "cookie_jar.hpp"
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <regex>

namespace latchkey::test {
namespace {

using nlohmann::json;

class login : public testing::Test {
protected:
    static void SetUpTestSuite() { server_ = std::make_unique<latchkey_server>(); }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }
    static int whoami(const std::string& cookie) {
        return server().ask(get("/sessions/whoami", with_cookie(cookie))).status;
    }

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

bool is_time(const json& value) {
    static const std::regex shape(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)");
    return value.is_string() && std::regex_match(value.get<std::string>(), shape);
}

void expect_session_object(const json& session, const test_user& user, bool remembered) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : session.items())
        keys.push_back(key);
    EXPECT_THAT(keys,
                testing::UnorderedElementsAre("id", "current", "user", "created_at", "authenticated_at", "last_seen_at",
                                              "idle_expires_at", "expires_at", "amr", "remembered", "device"));
    EXPECT_EQ(session["current"], true);
    EXPECT_EQ(session["user"]["email"], user.email);
    EXPECT_EQ(session["user"]["name"], user.name);
    EXPECT_EQ(session["user"]["groups"], user.groups.empty() ? json::array() : json({"admins", "staff"}));
    EXPECT_EQ(session["user"].size(), 4U);
    EXPECT_EQ(session["amr"], json({"pwd"}));
    EXPECT_EQ(session["remembered"], remembered);
    EXPECT_EQ(session["device"]["ip"], "127.0.0.1");
    EXPECT_EQ(session["device"]["user_agent"], "tester/1.0");
    for (const char* key : {"created_at", "authenticated_at", "last_seen_at", "idle_expires_at", "expires_at"})
        EXPECT_TRUE(is_time(session[key])) << key << session[key];
    EXPECT_LT(session["created_at"], session["idle_expires_at"]);
    EXPECT_LT(session["idle_expires_at"], session["expires_at"]);
    EXPECT_FALSE(session["id"].get<std::string>().empty());
}

// C1, C2
TEST_F(login, json_answers_with_the_session_and_one_strict_cookie) {
    const auto response = server().ask(login_request(alice(), {{"User-Agent", "tester/1.0"}}));
    ASSERT_EQ(response.status, 200) << response.body;
    expect_common_headers(response);
    EXPECT_EQ(response["Content-Type"], "application/json; charset=utf-8");
    const auto content = json_of(response);
    EXPECT_EQ(content.size(), 2U);
    EXPECT_TRUE(content["redirect"].is_null());
    expect_session_object(content["session"], alice(), false);

    const auto field = session_field(response);
    EXPECT_TRUE(
        std::regex_match(field, std::regex("__Host-session=[A-Za-z0-9_-]{43}; Path=/; Secure; HttpOnly; SameSite=Lax")))
        << field;
    cookie_jar jar(server().origin());
    jar.take(response);
    const auto who = server().ask(get("/sessions/whoami", {{"Cookie", jar.header()}}));
    ASSERT_EQ(who.status, 200);
    expect_common_headers(who);
    EXPECT_EQ(who.count("Set-Cookie"), 0U);
    expect_session_object(json_of(who), alice(), false);
    EXPECT_EQ(json_of(who)["id"], content["session"]["id"]);
    EXPECT_EQ(response.body.find(*jar.value(session_cookie)), std::string::npos) << "the ID is in the body";
    EXPECT_NE(json_of(who)["id"], *jar.value(session_cookie));
}

TEST_F(login, form_redirects_and_sets_the_cookie) {
    const auto response = server().ask(post_form("/login", {{"email", alice().email}, {"password", alice().password}}));
    EXPECT_EQ(response.status, 303);
    EXPECT_EQ(response["Location"], "/account");
    expect_common_headers(response);
    cookie_jar jar(server().origin());
    jar.take(response);
    EXPECT_EQ(whoami(*jar.value(session_cookie)), 200);
    const auto account = server().ask(get("/account", {{"Cookie", jar.header()}}));
    EXPECT_EQ(account.status, 200);
    EXPECT_THAT(account.body, testing::HasSubstr(alice().email));
}

TEST_F(login, form_goes_to_rd) {
    const auto response = server().ask(
        post_form("/login", {{"email", alice().email}, {"password", alice().password}, {"rd", "/a?b=c&d=e"}}));
    EXPECT_EQ(response.status, 303);
    EXPECT_EQ(response["Location"], "/a?b=c&d=e");
}

TEST_F(login, form_failure_is_the_page_with_a_message) {
    const auto response = server().ask(post_form("/login", {{"email", alice().email}, {"password", "wrong"}}));
    EXPECT_EQ(response.status, 401);
    expect_common_headers(response);
    EXPECT_THAT(response["Content-Type"], testing::StartsWith("text/html"));
    EXPECT_EQ(response.count("Set-Cookie"), 0U);
    EXPECT_THAT(response.body, testing::HasSubstr("Invalid email or password"));
    EXPECT_THAT(response.body, testing::HasSubstr(alice().email));
    EXPECT_THAT(response.body, testing::Not(testing::HasSubstr("\"wrong\"")));
}

TEST_F(login, remember_me_sets_what_is_left_of_the_absolute_lifetime) {
    const auto check = [&](const http_response& response) {
        const auto age = parse_set_cookie(session_field(response))["Max-Age"];
        ASSERT_FALSE(age.empty()) << session_field(response);
        EXPECT_LE(std::stol(age), 30 * 86'400);
        EXPECT_GE(std::stol(age), 30 * 86'400 - 60);
        const auto who = server().ask(get("/sessions/whoami", with_cookie(cookie_of(response))));
        EXPECT_EQ(json_of(who)["remembered"], true);
    };
    check(server().ask(post_json("/login", login_body(alice(), true))));
    for (const char* yes : {"true", "on", "1"})
        check(server().ask(
            post_form("/login", {{"email", alice().email}, {"password", alice().password}, {"remember_me", yes}})));
    for (const char* no : {"false", "off", "0", ""}) {
        const auto response = server().ask(
            post_form("/login", {{"email", alice().email}, {"password", alice().password}, {"remember_me", no}}));
        EXPECT_EQ(parse_set_cookie(session_field(response)).has("Max-Age"), false) << no;
    }
}

TEST_F(login, email_is_one_mailbox_in_any_case) {
    const auto response =
        server().ask(post_json("/login", R"({"email":"ALICE@Example.COM","password":")" + alice().password + "\"}"));
    ASSERT_EQ(response.status, 200);
    EXPECT_EQ(json_of(response)["session"]["user"]["email"], alice().email);
}

// V1
TEST_F(login, logout_ends_the_session_at_once_and_can_be_repeated) {
    const auto cookie = server().login(alice());
    ASSERT_EQ(whoami(cookie), 200);
    for (int i = 0; i < 2; ++i) {
        const auto response = server().ask({"POST", "/logout", with_cookie(cookie), {}});
        EXPECT_EQ(response.status, 204);
        expect_common_headers(response);
        EXPECT_EQ(response.body, "");
        EXPECT_EQ(response.count("Content-Length"), 0U) << "RFC 9110 section 8.6";
        EXPECT_EQ(response["Set-Cookie"], "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
        EXPECT_EQ(whoami(cookie), 401);
    }
    EXPECT_EQ(server().ask({"POST", "/logout", {}, {}}).status, 204);
    EXPECT_EQ(server().ask(post_json("/logout", "{}")).status, 204);
}

TEST_F(login, logout_by_form_redirects) {
    auto cookie = server().login(alice());
    auto response = server().ask(post_form("/logout", {}, with_cookie(cookie)));
    EXPECT_EQ(response.status, 303);
    EXPECT_EQ(response["Location"], "/login");
    EXPECT_EQ(whoami(cookie), 401);
    response = server().ask(post_form("/logout", {{"rd", "/bye"}}));
    EXPECT_EQ(response["Location"], "/bye");
    response = server().ask(post_form("/logout", {{"rd", "https://evil.test/"}}));
    EXPECT_EQ(response["Location"], "/login");
}

TEST_F(login, logout_ends_only_its_own_session) {
    const auto one = server().login(alice()), other = server().login(alice());
    server().ask({"POST", "/logout", with_cookie(one), {}});
    EXPECT_EQ(whoami(one), 401);
    EXPECT_EQ(whoami(other), 200);
}

// R1
TEST_F(login, every_login_makes_a_new_session_and_ends_the_presented_one) {
    const auto first = server().login(alice());
    const auto response = server().ask(login_request(alice(), with_cookie(first)));
    const auto second = cookie_of(response);
    EXPECT_NE(first, second);
    EXPECT_EQ(whoami(first), 401);
    EXPECT_EQ(whoami(second), 200);
}

// R1: session fixation (Passport CVE-2022-25896).
TEST_F(login, a_presented_cookie_is_never_adopted) {
    const std::string planted(43, 'A');
    const auto given = cookie_of(server().ask(login_request(alice(), with_cookie(planted))));
    EXPECT_NE(given, planted);
    EXPECT_EQ(whoami(planted), 401);
}

// oauth2-proxy GHSA-f24x-5g9q-753f: at the login page a cookie that was good once is nobody's, whatever it ended by.
TEST_F(login, a_stale_cookie_signs_nobody_in) {
    const auto stale = server().login(alice());
    EXPECT_EQ(server().ask({"POST", "/logout", with_cookie(stale), {}}).status, 204);
    const auto page = server().ask(get("/login?rd=/account", with_cookie(stale)));
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.count("Location"), 0U);
    const auto failed =
        server().ask(post_json("/login", R"({"email":"alice@example.com","password":"wrong"})", with_cookie(stale)));
    EXPECT_EQ(failed.status, 401);
    EXPECT_EQ(failed.count("Set-Cookie"), 0U);
    EXPECT_EQ(whoami(stale), 401);
}

// R1: a cookie of somebody else is no reason to end that person's session.
TEST_F(login, another_users_session_survives_a_login_that_presents_it) {
    for (const auto& [first, second] : {std::pair{alice(), bob()}, {bob(), alice()}}) {
        const auto presented = server().login(first);
        const auto fresh = cookie_of(server().ask(login_request(second, with_cookie(presented))));
        EXPECT_EQ(whoami(presented), 200);
        EXPECT_EQ(whoami(fresh), 200);
    }
}

TEST_F(login, a_failed_login_leaves_the_presented_session_alone) {
    const auto cookie = server().login(alice());
    const auto response =
        server().ask(post_json("/login", R"({"email":"alice@example.com","password":"wrong"})", with_cookie(cookie)));
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.count("Set-Cookie"), 0U);
    EXPECT_EQ(whoami(cookie), 200);
}

// L1
TEST_F(login, failures_cannot_be_told_apart) {
    const auto attempt = [&](const std::string& email, const std::string& password) {
        return server().ask(post_json("/login", json{{"email", email}, {"password", password}}.dump()));
    };
    const auto wrong = attempt(alice().email, "not-the-password");
    expect_problem(wrong, 401, "invalid_credentials");
    EXPECT_EQ(wrong.count("Set-Cookie"), 0U);
    EXPECT_EQ(wrong.count("WWW-Authenticate"), 0U) << "browsers would ask by themselves";
    for (const auto& other :
         {attempt("nobody@example.com", "not-the-password"), attempt(mallory().email, mallory().password),
          attempt(mallory().email, "wrong"), attempt(alice().email, ""), attempt("nobody@example.com", "")}) {
        EXPECT_EQ(other.status, wrong.status);
        EXPECT_EQ(comparable_headers(other), comparable_headers(wrong));
        EXPECT_EQ(comparable_body(other), comparable_body(wrong));
    }
}

// L1 for the page: the typed email is all that differs.
TEST_F(login, form_failures_cannot_be_told_apart) {
    const auto attempt = [&](const test_user& user, const std::string& password) {
        auto response = server().ask(post_form("/login", {{"email", user.email}, {"password", password}}));
        for (auto at = response.body.find(user.email); at != std::string::npos; at = response.body.find(user.email))
            response.body.replace(at, user.email.size(), "EMAIL");
        std::erase_if(response.headers, [](const auto& h) { return h.first == "Content-Length"; });
        return response;
    };
    const auto wrong = attempt(alice(), "not-the-password");
    for (const auto& other : {attempt(mallory(), mallory().password), attempt({"no@example.com", "", "", ""}, "x")}) {
        EXPECT_EQ(other.status, wrong.status);
        EXPECT_EQ(comparable_headers(other), comparable_headers(wrong));
        EXPECT_EQ(other.body, wrong.body);
    }
}

}  // namespace
}  // namespace latchkey::test
