// The throttle as clients meet it: 429, how long to wait, and the device cookie that comes and goes (requirements L4,
// L7).
#include "handler_fixture.hpp"

#include <gmock/gmock.h>

namespace latchkey::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
const std::string typed = R"({"email":"ada@example.com","password":"x"})";
const std::string typed_form = "email=ada%40example.com&password=x&rd=%2Fwiki";

class throttled_handlers : public testing::handler_fixture {
protected:
    throttled_handlers() {
        domain_.logins.opened = domain_.add_session("phone", 11, testing::make_person(1, "ada@example.com"));
    }
    void throttle(std::int64_t wait) { domain_.logins.failure = throttled_for(seconds{wait}); }
    static std::size_t count(const testing::answer& a, std::string_view text) {
        std::size_t n = 0;
        for (auto at = a.head.find(text); at != a.head.npos; at = a.head.find(text, at + 1))
            ++n;
        return n;
    }
};

TEST_F(throttled_handlers, programs_are_told_how_long_to_wait) {
    throttle(90);
    for (const auto& [line, body] : {std::pair{"POST /login", typed},
                                     {"POST /sessions/reauthenticate", R"({"password":"x"})"},
                                     {"POST /password", R"({"current_password":"x","new_password":"y"})"}}) {
        const auto a = ask(line, cookie("phone"), body);
        EXPECT_EQ(a.status, 429) << line;
        EXPECT_TRUE(a.head.starts_with("HTTP/1.1 429 Too Many Requests\r\n")) << a.head;
        EXPECT_EQ(a.header("Retry-After"), "90") << line;
        EXPECT_EQ(a.code(), "too_many_attempts");
        EXPECT_EQ(a.json()["title"], "Too many attempts: try again later");
        EXPECT_FALSE(a.json().contains("detail"));
        EXPECT_EQ(a.header("Set-Cookie"), "");
    }
}

TEST_F(throttled_handlers, the_login_page_says_so_and_blames_no_field) {
    throttle(90);
    for (const auto& [language, words] : {std::pair{"en", "There were too many attempts."},
                                          {"de", "Es waren zu viele Versuche."},
                                          {"es", "Ha habido demasiados intentos."}}) {
        const auto a = ask("POST /login", form + "Accept-Language: " + language + "\r\n", typed_form);
        EXPECT_EQ(a.status, 429);
        EXPECT_EQ(a.header("Retry-After"), "90");
        EXPECT_THAT(a.body, HasSubstr(words));
        EXPECT_THAT(a.body, HasSubstr("ada@example.com"));
        EXPECT_THAT(a.body, HasSubstr("/wiki"));
        EXPECT_THAT(a.body, Not(HasSubstr("aria-invalid")));
    }
}

TEST_F(throttled_handlers, the_account_page_says_so_and_blames_no_field) {
    throttle(7);
    const auto a =
        ask("POST /account/password", cookie("phone") + form, "current_password=x&new_password=y&repeat_password=y");
    EXPECT_EQ(a.status, 429);
    EXPECT_EQ(a.header("Retry-After"), "7");
    EXPECT_THAT(a.body, HasSubstr("There were too many attempts."));
    EXPECT_THAT(a.body, Not(HasSubstr("aria-invalid")));
}

// C1: one session cookie; and beside it, when there is a new one, the device's.
TEST_F(throttled_handlers, login_sets_the_device_cookie_when_it_is_new) {
    for (const auto& [fields, body] : {std::pair{std::string(), typed}, {form, typed_form}}) {
        domain_.logins.device_token = "fresh-device";
        const auto a = ask("POST /login", fields, body);
        EXPECT_EQ(count(a, "Set-Cookie: __Host-session=fresh-token; Path=/; Secure; HttpOnly; SameSite=Lax\r\n"), 1U);
        EXPECT_EQ(count(a,
                        "Set-Cookie: __Host-device=fresh-device; Path=/; Secure; HttpOnly; SameSite=Lax; "
                        "Max-Age=31536000\r\n"),
                  1U);
        EXPECT_EQ(count(a, "Set-Cookie:"), 2U);
        EXPECT_THAT(a.body, Not(HasSubstr("fresh-device")));
        domain_.logins.device_token = "";
        EXPECT_EQ(count(ask("POST /login", fields, body), "Set-Cookie:"), 1U);
    }
}

TEST_F(throttled_handlers, the_device_cookie_goes_along_with_every_password) {
    const std::string both = "Cookie: __Host-session=phone; other=1; __Host-device=abc\r\n";
    const std::string two = "Cookie: __Host-session=phone; __Host-device=abc; __Host-device=def\r\n";
    const std::tuple<std::string, std::string, std::string> ways[] = {
        {"POST /login", "", typed},
        {"POST /login", form, typed_form},
        {"POST /sessions/reauthenticate", "", R"({"password":"x"})"},
        {"POST /password", "", R"({"current_password":"x","new_password":"y"})"},
        {"POST /account/password", form, "current_password=x&new_password=y&repeat_password=y"}};
    for (const auto& [line, fields, body] : ways) {
        ask(line, both + fields, body);
        EXPECT_EQ(domain_.logins.asked["device_token"], "abc") << line;
        ask(line, two + fields, body);
        EXPECT_EQ(domain_.logins.asked["device_token"], "") << line;
        ask(line, cookie("phone") + fields, body);
        EXPECT_EQ(domain_.logins.asked["device_token"], "") << line;
    }
}

TEST_F(throttled_handlers, logout_leaves_the_device_known) {
    const auto a = ask("POST /logout", "Cookie: __Host-session=phone; __Host-device=abc\r\n");
    EXPECT_EQ(a.status, 204);
    EXPECT_EQ(count(a, "Set-Cookie:"), 1U);
    EXPECT_THAT(a.head, Not(HasSubstr("__Host-device")));
}

TEST_F(throttled_handlers, only_login_refuses_before_it_reads) {
    for (const auto& r : public_routes())
        EXPECT_EQ(r.refuses_early != nullptr, r.path.text() == "/login" && r.accepts(method::post)) << r.path.text();
}

}  // namespace
}  // namespace latchkey::http
