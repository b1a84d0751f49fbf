// Who gets a page and who a problem document.
#include "handler_fixture.hpp"

#include <gmock/gmock.h>

namespace latchkey::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string browser = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n";

class error_page : public testing::handler_fixture {};

TEST_F(error_page, browsers_see_a_page) {
    const auto a = ask("GET /nothing", browser + "Accept-Language: de-AT,en;q=0.5\r\n");
    EXPECT_EQ(a.status, 404);
    EXPECT_EQ(a.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(a.header("Content-Language"), "de");
    EXPECT_EQ(a.header("Vary"), "Accept, Accept-Language");
    EXPECT_EQ(a.header("Cache-Control"), "no-store");
    EXPECT_THAT(a.header("Content-Security-Policy"), StartsWith("default-src 'none'"));
    EXPECT_THAT(a.body, HasSubstr("Seite nicht gefunden"));
    EXPECT_THAT(a.body, HasSubstr(a.header("X-Request-Id")));
    const auto b = ask("DELETE /login", browser);
    EXPECT_EQ(b.status, 405);
    EXPECT_EQ(b.header("Allow"), "GET, HEAD, POST");
    EXPECT_THAT(b.body, StartsWith("<!doctype html>"));
    EXPECT_EQ(ask("HEAD /nothing", browser).body, "");
    const auto c =
        ask("POST /login",
            browser + "Origin: https://evil.test\r\n" + "Content-Type: application/x-www-form-urlencoded\r\n",
            "email=a&password=b");
    EXPECT_EQ(c.status, 403);
    EXPECT_THAT(c.body, HasSubstr("another website"));
}

TEST_F(error_page, everybody_else_gets_the_problem_document) {
    for (const char* accept : {"", "Accept: */*\r\n", "Accept: application/json\r\n", "Accept: text/html;q=0\r\n"})
        EXPECT_EQ(ask("GET /nothing", accept).code(), "not_found") << accept;
    EXPECT_EQ(ask("POST /password", browser, "[]").code(), "invalid_request") << "whoever sends JSON reads JSON";
}

TEST_F(error_page, proxies_and_probes_never_see_one) {
    for (const char* path :
         {"/api/authz/nothing", "/api/authz/auth-request/x", "/oauth2/nothing", "/health/nothing", "/healthz/x"})
        EXPECT_EQ(ask(std::string("GET ") + path, browser).header("Content-Type"), "application/problem+json") << path;
    domain_.sessions.broken = true;
    const auto a = ask("GET /api/authz/auth-request", browser + cookie("x"));
    EXPECT_GE(a.status, 500);
    EXPECT_THAT(a.header("Content-Type"), Not(StartsWith("text/html")));
}

TEST_F(error_page, nor_do_administrators) {
    const auto page = ask("GET /nothing", browser);
    EXPECT_THAT(page.body, StartsWith("<!doctype html>"));
    for_programs_ = true;
    EXPECT_EQ(ask("GET /nothing", browser).code(), "not_found");
}

// Hostile paths are not repeated on it.
TEST_F(error_page, nothing_of_the_request_is_on_it) {
    const auto a = ask("GET /%3Cscript%3Exyzzy", browser + "X-Request-Id: <b>xyzzy</b>\r\nAccept-Language: xyzzy\r\n");
    EXPECT_EQ(a.status, 404);
    EXPECT_THAT(a.body, Not(HasSubstr("xyzzy")));
}

}  // namespace
}  // namespace latchkey::http
