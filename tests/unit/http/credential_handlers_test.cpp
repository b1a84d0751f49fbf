// POST /sessions/reauthenticate and POST /password, with a domain of fakes behind the handlers.
#include "handler_fixture.hpp"

namespace latchkey::http {
namespace {

const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";

struct endpoint {
    std::string line, json, form;
};
const endpoint reauthentication{"POST /sessions/reauthenticate", R"({"password":"p\u00e4ss"})", "password=p%C3%A4ss"};
const endpoint password_change{"POST /password", R"({"current_password":"p\u00e4ss","new_password":" new "})",
                               "current_password=p%C3%A4ss&new_password=+new+"};

class credential_handlers : public testing::handler_fixture {
protected:
    credential_handlers() {
        domain_.logins.opened = domain_.add_session("phone", 11, testing::make_person(1, "ada@example.com"));
    }
    std::map<std::string, std::string>& asked() { return domain_.logins.asked; }
};

TEST_F(credential_handlers, both_formats_reach_the_use_case) {
    for (const auto& [fields, bodies] : {std::pair{std::string(), &endpoint::json}, {form, &endpoint::form}}) {
        auto a = ask(reauthentication.line, cookie("phone") + fields, reauthentication.*bodies);
        EXPECT_EQ(a.status, 204);
        EXPECT_EQ(a.body, "");
        EXPECT_EQ(asked()["token"], "phone");
        EXPECT_EQ(asked()["password"], "p\xc3\xa4ss");
        EXPECT_EQ(asked()["request_id"], a.header("X-Request-Id"));

        asked().clear();
        a = ask(password_change.line, cookie("phone") + fields, password_change.*bodies);
        EXPECT_EQ(a.status, 204);
        EXPECT_EQ(asked()["token"], "phone");
        EXPECT_EQ(asked()["current_password"], "p\xc3\xa4ss");
        EXPECT_EQ(asked()["new_password"], " new ");
        EXPECT_EQ(asked()["request_id"], a.header("X-Request-Id"));
    }
}

TEST_F(credential_handlers, success_sets_the_new_cookie) {
    for (const auto& e : {reauthentication, password_change})
        EXPECT_EQ(ask(e.line, cookie("phone"), e.json).header("Set-Cookie"),
                  "__Host-session=fresh-token; Path=/; Secure; HttpOnly; SameSite=Lax");
}

// T2: a new cookie is no new lease.
TEST_F(credential_handlers, a_remembered_cookie_lives_for_what_is_left) {
    domain_.logins.opened.remembered = true;
    domain_.logins.opened.expires_at = domain_.time.now() + seconds{1'000};
    domain_.time.advance(seconds{400});
    for (const auto& e : {reauthentication, password_change})
        EXPECT_EQ(ask(e.line, cookie("phone"), e.json).header("Set-Cookie"),
                  "__Host-session=fresh-token; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600");
}

TEST_F(credential_handlers, failures) {
    struct expectation {
        errc failure;
        int status;
        std::string code;
    };
    for (const auto& [failure, status, code] : {expectation{errc::no_session, 401, "no_session"},
                                                {errc::invalid_credentials, 401, "invalid_credentials"},
                                                {errc::password_too_long, 400, "password_too_long"},
                                                {errc::overloaded, 503, "overloaded"},
                                                {errc::store_unavailable, 503, "store_unavailable"}}) {
        domain_.logins.failure = failure;
        for (const auto& e : {reauthentication, password_change}) {
            const auto a = ask(e.line, cookie("phone"), e.json);
            EXPECT_EQ(a.status, status);
            EXPECT_EQ(a.code(), code);
            EXPECT_EQ(a.header("Set-Cookie"), "");
            EXPECT_FALSE(a.json().contains("detail"));
            EXPECT_EQ(a.header("Retry-After").empty(), status != 503);
        }
    }
}

// P2: the reason is told, the password is not.
TEST_F(credential_handlers, a_weak_password_is_refused_with_the_reason) {
    std::vector<std::string> reasons;
    for (const auto failure : {errc::password_too_short, errc::password_common, errc::password_personal}) {
        domain_.logins.failure = failure;
        const auto a = ask(password_change.line, cookie("phone"), password_change.json);
        EXPECT_EQ(a.status, 422);
        EXPECT_EQ(a.code(), "weak_password");
        EXPECT_EQ(a.header("Set-Cookie"), "");
        reasons.push_back(a.json().value("detail", ""));
        EXPECT_GT(reasons.back().size(), 10U);
    }
    EXPECT_NE(reasons[0], reasons[1]);
    EXPECT_NE(reasons[1], reasons[2]);
}

TEST_F(credential_handlers, what_is_malformed_reaches_nobody) {
    for (const auto* body : {"{}", "[]", "null", "{", R"({"password":1})", R"({"password":"a","password":"a"})",
                             R"({"current_password":"a"})", R"({"new_password":"a"})", "{\"password\":\"\xff\"}",
                             R"({"current_password":"a","new_password":null})"})
        for (const auto& e : {reauthentication, password_change}) {
            const auto a = ask(e.line, cookie("phone"), body);
            EXPECT_EQ(a.status, 400) << body;
            EXPECT_EQ(a.code(), "invalid_request");
            EXPECT_EQ(a.header("Set-Cookie"), "");
        }
    EXPECT_TRUE(asked().empty());
}

// C3
TEST_F(credential_handlers, no_cookie_and_two_cookies_are_no_token) {
    domain_.logins.failure = errc::no_session;
    for (const auto& fields : {std::string(), std::string("Cookie: __Host-session=phone; __Host-session=laptop\r\n")})
        for (const auto& e : {reauthentication, password_change}) {
            EXPECT_EQ(ask(e.line, fields, e.json).code(), "no_session");
            EXPECT_EQ(asked()["token"], "");
        }
}

}  // namespace
}  // namespace latchkey::http
