// The forms of the account page, with a domain of fakes behind the handlers.
#include "handler_fixture.hpp"

#include <gmock/gmock.h>

namespace latchkey::http {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string account_form = "Content-Type: application/x-www-form-urlencoded\r\n";
const std::string to_login = "/login?rd=%2Faccount";

class account_handlers : public testing::handler_fixture {
protected:
    account_handlers() {
        const auto ada = testing::make_person(1, "ada@example.com"), eve = testing::make_person(2, "eve@example.com");
        domain_.logins.opened = domain_.add_session("phone", 11, ada);
        domain_.add_session("foreign", 21, eve);
        domain_.add_session("laptop", 12, ada);
    }
    testing::answer post(const std::string& path, const std::string& body, const std::string& token = "phone",
                         const std::string& more = {}) {
        return ask("POST " + path, cookie(token) + account_form + more, body);
    }
    testing::answer end(std::uint8_t id, const std::string& token = "phone") {
        return post("/account/sessions/end", "id=" + testing::numbered_id(id).str(), token);
    }
    std::vector<std::string> live() const {
        std::vector<std::string> tokens;
        for (const auto& e : domain_.sessions.live)
            tokens.push_back(e.token);
        return tokens;
    }
};

TEST_F(account_handlers, another_session_is_ended) {
    const auto a = end(12);
    EXPECT_EQ(a.status, 303);
    EXPECT_EQ(a.header("Location"), "/account?done=session-ended");
    EXPECT_EQ(a.header("Set-Cookie"), "");
    EXPECT_THAT(live(), ElementsAre("foreign", "phone"));
    EXPECT_THAT(domain_.audit.lines, ElementsAre("session_revoked user ada@example.com 12"));
    EXPECT_THAT(ask("GET /account?done=session-ended", cookie("phone")).body, HasSubstr("The session has ended."));
}

TEST_F(account_handlers, the_own_one_takes_the_cookie_along) {
    const auto a = end(11);
    EXPECT_EQ(a.status, 303);
    EXPECT_EQ(a.header("Location"), "/login?done=signed-out");
    EXPECT_THAT(a.header("Set-Cookie"), HasSubstr("Max-Age=0"));
    EXPECT_THAT(live(), ElementsAre("laptop", "foreign"));
}

// Somebody else's is as unknown as an invented one.
TEST_F(account_handlers, what_is_not_ones_own_is_not_ended) {
    for (const auto& body : {"id=" + testing::numbered_id(21).str(), "id=" + testing::numbered_id(99).str(),
                             std::string("id=x"), std::string("id="), "id=" + std::string(5'000, 'a')}) {
        const auto a = post("/account/sessions/end", body);
        EXPECT_EQ(a.status, 404) << body;
        EXPECT_THAT(a.body, HasSubstr("role=\"alert\">That session had already ended."));
    }
    for (const char* body : {"x=y", "id=%ff", "id=1&id=2", "id=%"}) {
        const auto a = post("/account/sessions/end", body);
        EXPECT_EQ(a.status, 400) << body;
        EXPECT_THAT(a.body, HasSubstr("role=\"alert\""));
    }
    EXPECT_EQ(live().size(), 3U);
    EXPECT_THAT(domain_.audit.lines, IsEmpty());
}

TEST_F(account_handlers, all_others_are_ended) {
    const auto a = post("/account/sessions/end-others", "");
    EXPECT_EQ(a.status, 303);
    EXPECT_EQ(a.header("Location"), "/account?done=sessions-ended");
    EXPECT_THAT(live(), ElementsAre("foreign", "phone"));
    EXPECT_THAT(domain_.audit.lines, ElementsAre("sessions_revoked user ada@example.com 11"));
}

TEST_F(account_handlers, the_password_is_changed) {
    const auto a = post("/account/password", "current_password=old&new_password=+new%C3%A4&repeat_password=+new%C3%A4");
    EXPECT_EQ(a.status, 303);
    EXPECT_EQ(a.header("Location"), "/account?done=password-changed");
    EXPECT_THAT(a.header("Set-Cookie"), HasSubstr("__Host-session=fresh-token;"));
    EXPECT_EQ(domain_.logins.asked["current_password"], "old");
    EXPECT_EQ(domain_.logins.asked["new_password"], " new\xc3\xa4");
    EXPECT_EQ(domain_.logins.asked["token"], "phone");
}

// B3: and never which one it was.
TEST_F(account_handlers, the_page_says_why_a_password_was_not_changed) {
    struct expectation {
        errc failure;
        int status;
        const char* words;
    };
    for (const auto& [failure, status, words] :
         {expectation{errc::invalid_credentials, 401, "id=\"current-fault\">This is not your current password."},
          {errc::password_too_short, 422, "id=\"new-fault\">The new password is too short: it needs at least 12"},
          {errc::password_common, 422, "id=\"new-fault\">This password is one of those"},
          {errc::password_personal, 422, "id=\"new-fault\">This password is little more"},
          {errc::password_too_long, 400, "role=\"alert\">The password is too long."},
          {errc::overloaded, 503, "role=\"alert\">There is too much to do"}}) {
        domain_.logins.failure = failure;
        const auto a =
            post("/account/password", "current_password=old-one&new_password=new-one&repeat_password=new-one");
        EXPECT_EQ(a.status, status);
        EXPECT_EQ(a.header("Retry-After").empty(), status != 503);
        EXPECT_EQ(a.header("Set-Cookie"), "");
        EXPECT_THAT(a.body, HasSubstr(words));
        EXPECT_THAT(a.body, Not(HasSubstr("old-one")));
        EXPECT_THAT(a.body, Not(HasSubstr("new-one")));
    }
}

TEST_F(account_handlers, two_different_new_passwords_reach_nobody) {
    const auto a = post("/account/password", "current_password=a&new_password=b&repeat_password=c");
    EXPECT_EQ(a.status, 422);
    EXPECT_THAT(a.body, HasSubstr("id=\"repeat-fault\">The two new passwords are not the same."));
    for (const char* body : {"x=y", "current_password=a", "current_password=a&new_password=b",
                             "current_password=a&new_password=b&repeat_password=%ff"})
        EXPECT_EQ(post("/account/password", body).status, 400) << body;
    EXPECT_TRUE(domain_.logins.asked.empty());
}

TEST_F(account_handlers, nobody_is_sent_to_the_login_page) {
    domain_.logins.failure = errc::no_session;
    for (const char* token : {"unknown", ""}) {
        EXPECT_EQ(end(12, token).header("Location"), to_login);
        EXPECT_EQ(post("/account/sessions/end-others", "", token).header("Location"), to_login);
        EXPECT_EQ(
            post("/account/password", "current_password=a&new_password=b&repeat_password=b", token).header("Location"),
            to_login);
        EXPECT_EQ(post("/account/password", "x=y", token).header("Location"), to_login);
        EXPECT_EQ(ask("GET /account", cookie(token)).header("Location"), to_login);
    }
    EXPECT_EQ(live().size(), 3U);
}

TEST_F(account_handlers, a_silent_store_is_no_reason_to_log_in_again) {
    domain_.sessions.broken = true;
    const std::string browser = "Accept: text/html\r\n";
    for (const auto& a : {end(12), post("/account/sessions/end-others", ""), ask("GET /account", cookie("phone")),
                          ask("GET /login", cookie("phone"))}) {
        EXPECT_EQ(a.status, 503);
        EXPECT_EQ(a.code(), "store_unavailable");
        EXPECT_EQ(a.header("Set-Cookie"), "");
    }
    const auto shown = ask("GET /account", cookie("phone") + browser);
    EXPECT_EQ(shown.status, 503);
    EXPECT_EQ(shown.header("Retry-After"), "1");
    EXPECT_THAT(shown.body, HasSubstr("Not available right now"));
}

// X1
TEST_F(account_handlers, other_sites_cannot_post_the_forms) {
    for (const char* path : {"/account/sessions/end", "/account/sessions/end-others", "/account/password"})
        for (const char* from : {"Origin: https://evil.test\r\n", "Sec-Fetch-Site: cross-site\r\n", "Origin: null\r\n"})
            EXPECT_EQ(post(path, "id=" + testing::numbered_id(12).str(), "phone", from).code(), "cross_site_request");
    EXPECT_EQ(live().size(), 3U);
}

TEST_F(account_handlers, only_known_words_come_from_the_address) {
    for (const char* query : {"done=x", "done=%3Cscript%3E", "done=", "done=%ff", "done=../x", "done=a&done=b"})
        EXPECT_THAT(ask("GET /account?" + std::string(query), cookie("phone")).body, Not(HasSubstr("role=\"status\"")));
    EXPECT_THAT(ask("GET /login?done=signed-out").body, HasSubstr("role=\"status\">You have signed out."));
}

TEST_F(account_handlers, who_had_a_session_learns_that_it_ended) {
    EXPECT_THAT(ask("GET /login", cookie("ended")).body, HasSubstr("Your session has ended."));
    EXPECT_THAT(ask("GET /login").body, Not(HasSubstr("has ended")));
}

}  // namespace
}  // namespace latchkey::http
