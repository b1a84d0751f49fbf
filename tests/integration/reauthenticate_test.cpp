// POST /sessions/reauthenticate: the session goes on under a new cookie, and a lost answer locks nobody out.
#include "account.hpp"
#include "cookie_jar.hpp"
#include "expectations.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace latchkey::test {
namespace {

using nlohmann::json;

class reauthenticate : public testing::Test {
protected:
    static void SetUpTestSuite() { server_ = std::make_unique<latchkey_server>(); }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }
    // The new cookie.
    static std::string rotate(const std::string& cookie) {
        return cookie_of(server().ask(reauthentication(cookie, alice().password)));
    }

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

// R2
TEST_F(reauthenticate, a_new_cookie_for_the_same_session) {
    const auto old = server().login(alice());
    const auto before = session_of(server(), old);
    const auto response = server().ask(reauthentication(old, alice().password));
    ASSERT_EQ(response.status, 204) << response.body;
    expect_common_headers(response);
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(response.count("Set-Cookie"), 1U);
    cookie_jar jar(server().origin());
    jar.take(response);
    const auto fresh = *jar.value(session_cookie);
    EXPECT_NE(fresh, old);
    EXPECT_EQ(fresh.size(), 43U);
    EXPECT_FALSE(parse_set_cookie(response["Set-Cookie"]).has("Max-Age"));

    EXPECT_EQ(whoami(server(), old), 401) << "at once";
    const auto after = session_of(server(), fresh);
    for (const char* same : {"id", "user", "created_at", "expires_at", "remembered", "device", "amr", "current"})
        EXPECT_EQ(after[same], before[same]) << same;
    EXPECT_GE(after["authenticated_at"], before["authenticated_at"]);
}

// R2: everywhere but where a password comes along.
TEST_F(reauthenticate, the_old_cookie_opens_nothing) {
    const auto old = server().login(alice());
    const auto fresh = rotate(old);
    const auto id = id_of(server(), fresh);
    expect_problem(server().ask(get("/sessions/whoami", with_cookie(old))), 401, "no_session");
    expect_problem(server().ask(list_request(old)), 401, "no_session");
    expect_problem(server().ask(end_request(old, id)), 401, "no_session");
    expect_problem(server().ask(end_request(old, "")), 401, "no_session");
    expect_problem(server().ask(end_request(old, "?all=true")), 401, "no_session");
    EXPECT_EQ(server().ask(get("/account", with_cookie(old))).status, 303);
    EXPECT_EQ(
        server()
            .ask(get("/api/authz/auth-request", with_cookie(old, {{"X-Original-URL", "https://app.example.com/"}})))
            .status,
        401);
    EXPECT_EQ(whoami(server(), fresh), 200);
}

TEST_F(reauthenticate, a_form_will_do) {
    const auto old = server().login(alice());
    const auto response =
        server().ask(post_form("/sessions/reauthenticate", {{"password", alice().password}}, with_cookie(old)));
    EXPECT_EQ(response.status, 204);
    EXPECT_EQ(whoami(server(), cookie_of(response)), 200);
}

TEST_F(reauthenticate, a_wrong_password_changes_nothing) {
    const auto cookie = server().login(alice());
    for (const auto& wrong : {std::string("wrong"), std::string(), bob().password, alice().password + ' '}) {
        const auto response = server().ask(reauthentication(cookie, wrong));
        expect_problem(response, 401, "invalid_credentials");
        EXPECT_EQ(response.count("Set-Cookie"), 0U);
        EXPECT_EQ(whoami(server(), cookie), 200);
    }
    expect_problem(server().ask(reauthentication(cookie, std::string(1'025, 'x'))), 400, "password_too_long");
    EXPECT_EQ(whoami(server(), cookie), 200);
}

TEST_F(reauthenticate, nobody_without_a_session) {
    const auto one = server().login(alice()), two = server().login(alice());
    const std::string both = std::string(session_cookie) + '=' + one + "; " + std::string(session_cookie) + '=' + two;
    for (const auto& headers :
         {header_list{}, with_cookie(std::string(43, 'A')), with_cookie("x"), header_list{{"Cookie", both}}}) {
        const auto response =
            server().ask(post_json("/sessions/reauthenticate", json{{"password", alice().password}}.dump(), headers));
        expect_problem(response, 401, "no_session");
        EXPECT_EQ(response.count("Set-Cookie"), 0U);
    }
    EXPECT_EQ(whoami(server(), one), 200);
    EXPECT_EQ(whoami(server(), two), 200);
}

// The answer was lost: the client knows only the old cookie, and the password.
TEST_F(reauthenticate, a_lost_answer_is_asked_for_again) {
    const auto old = server().login(alice());
    const auto id = id_of(server(), old);
    const auto lost = rotate(old);
    const auto second = rotate(old);
    EXPECT_NE(second, lost);
    EXPECT_EQ(id_of(server(), second), id);
    EXPECT_EQ(whoami(server(), old), 401);
    EXPECT_EQ(whoami(server(), lost), 401) << "one session has one cookie";
    const auto third = rotate(old);
    EXPECT_EQ(id_of(server(), third), id);
    EXPECT_EQ(whoami(server(), second), 401);
}

TEST_F(reauthenticate, the_old_cookie_without_the_password_is_nothing) {
    const auto old = server().login(alice());
    const auto fresh = rotate(old);
    const auto response = server().ask(reauthentication(old, "wrong"));
    expect_problem(response, 401, "invalid_credentials");
    EXPECT_EQ(response.count("Set-Cookie"), 0U);
    EXPECT_EQ(whoami(server(), old), 401);
    EXPECT_EQ(whoami(server(), fresh), 200);
}

// The answer was lost, and the person gives up.
TEST_F(reauthenticate, logout_with_the_old_cookie_ends_the_session) {
    const auto old = server().login(alice());
    const auto fresh = rotate(old);
    EXPECT_EQ(server().ask({"POST", "/logout", with_cookie(old), {}}).status, 204);
    EXPECT_EQ(whoami(server(), fresh), 401);
    expect_problem(server().ask(reauthentication(old, alice().password)), 401, "no_session");
}

TEST_F(reauthenticate, logout_with_both_cookies_ends_both_sessions) {
    const auto old = server().login(alice()), other = server().login(alice());
    const auto fresh = rotate(old);
    const std::string both = std::string(session_cookie) + '=' + old + "; " + std::string(session_cookie) + '=' + other;
    EXPECT_EQ(server().ask({"POST", "/logout", {{"Cookie", both}}, {}}).status, 204);
    EXPECT_EQ(whoami(server(), fresh), 401);
    EXPECT_EQ(whoami(server(), other), 401);
}

// R1
TEST_F(reauthenticate, login_with_the_old_cookie_ends_the_session) {
    const auto old = server().login(alice());
    const auto fresh = rotate(old);
    const auto newest = cookie_of(server().ask(login_request(alice(), with_cookie(old))));
    EXPECT_EQ(whoami(server(), fresh), 401);
    EXPECT_EQ(whoami(server(), newest), 200);
}

TEST_F(reauthenticate, an_ended_session_is_not_revived) {
    const auto old = server().login(alice());
    const auto fresh = rotate(old);
    server().ask({"POST", "/logout", with_cookie(fresh), {}});
    for (const auto& cookie : {old, fresh})
        expect_problem(server().ask(reauthentication(cookie, alice().password)), 401, "no_session");
}

TEST_F(reauthenticate, other_sessions_go_on) {
    const auto mine = server().login(alice()), other = server().login(alice());
    rotate(mine);
    EXPECT_EQ(whoami(server(), other), 200);
}

// T2: what is left of the absolute lifetime, never a new one.
TEST_F(reauthenticate, remembered_sessions_stay_remembered) {
    const auto login = server().ask(post_json("/login", login_body(alice(), true)));
    const auto granted = std::stol(parse_set_cookie(session_field(login))["Max-Age"]);
    const auto before = session_of(server(), cookie_of(login));
    const auto response = server().ask(reauthentication(cookie_of(login), alice().password));
    const auto left = parse_set_cookie(response["Set-Cookie"])["Max-Age"];
    ASSERT_FALSE(left.empty()) << response["Set-Cookie"];
    EXPECT_LE(std::stol(left), granted);
    EXPECT_GE(std::stol(left), granted - 60);
    const auto after = session_of(server(), cookie_of(response));
    EXPECT_EQ(after["remembered"], true);
    EXPECT_EQ(after["expires_at"], before["expires_at"]);
}

}  // namespace
}  // namespace latchkey::test
