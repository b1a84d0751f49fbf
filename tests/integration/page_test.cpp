// The pages as a browser without JavaScript gets them.
#include "cookie_jar.hpp"
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gmock/gmock.h>

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class page : public testing::Test {
protected:
    static void SetUpTestSuite() { server_ = std::make_unique<latchkey_server>(); }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

TEST_F(page, login_page_is_a_form_for_password_managers) {
    const auto response = server().ask(get("/login"));
    EXPECT_EQ(response.status, 200);
    expect_common_headers(response);
    EXPECT_THAT(response["Content-Type"], testing::StartsWith("text/html"));
    for (const char* part : {"<form", "method=\"post\"", "action=\"/login\"", "name=\"email\"", "name=\"password\"",
                             "type=\"password\"", "autocomplete=\"username\"", "autocomplete=\"current-password\"",
                             "name=\"remember_me\"", "type=\"submit\"", "lang=\"en\"", "<title>"})
        EXPECT_THAT(response.body, HasSubstr(part));
    EXPECT_THAT(response.body, Not(HasSubstr("<script")));
    EXPECT_EQ(response.count("Set-Cookie"), 0U) << "V6: no state for anonymous callers";
    const auto policy = response["Content-Security-Policy"];
    for (const char* part : {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"})
        EXPECT_THAT(policy, HasSubstr(part));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
}

// The whole way of a browser: page, form, redirect, account, sign out.
TEST_F(page, the_walk_of_a_browser) {
    cookie_jar jar(server().origin());
    const header_list browser{{"Origin", server().origin()}, {"Sec-Fetch-Site", "same-origin"}};
    const auto with_jar = [&](header_list headers) {
        if (!jar.empty())
            headers.emplace_back("Cookie", jar.header());
        return headers;
    };
    const auto blank = server().ask(get("/login?rd=%2Faccount", with_jar({})));
    EXPECT_THAT(blank.body, testing::ContainsRegex("name=\"rd\" value=\"[^\"]*account\""));
    const auto posted = server().ask(post_form(
        "/login", {{"email", alice().email}, {"password", alice().password}, {"rd", "/account"}}, with_jar(browser)));
    ASSERT_EQ(posted.status, 303);
    jar.take(posted);
    const auto account = server().ask(get(posted["Location"], with_jar({})));
    EXPECT_EQ(account.status, 200);
    EXPECT_THAT(account.body, HasSubstr(alice().email));
    EXPECT_THAT(account.body, HasSubstr(alice().name));
    EXPECT_THAT(account.body, Not(HasSubstr(jar.header())));
    const auto again = server().ask(get("/login", with_jar({})));
    EXPECT_EQ(again.status, 303);
    EXPECT_EQ(again["Location"], "/account");
    const auto out = server().ask(post_form("/logout", {}, with_jar(browser)));
    EXPECT_EQ(out.status, 303);
    jar.take(out);
    EXPECT_TRUE(jar.empty()) << "a browser forgets the cookie";
    EXPECT_EQ(server().ask(get("/login", with_jar({}))).status, 200);
}

TEST_F(page, what_was_typed_comes_back_escaped) {
    const std::string hostile = "\"><script>alert(1)</script><input value='&amp;{{password}}{{{email}}}";
    const auto response = server().ask(
        post_form("/login", {{"email", hostile}, {"password", "tr0mbone-under-glass"}, {"rd", "/\"onload=\"x"}}));
    EXPECT_THAT((std::vector{400, 401}), testing::Contains(response.status));
    EXPECT_THAT(response.body, HasSubstr("<form"));
    EXPECT_THAT(response.body, Not(HasSubstr("<script")));
    EXPECT_THAT(response.body, Not(HasSubstr("value=''")));
    EXPECT_THAT(response.body, Not(HasSubstr("\"onload=\"")));
    EXPECT_THAT(response.body, Not(HasSubstr("tr0mbone-under-glass")));
    EXPECT_THAT(server().ask(get("/login?rd=" + percent_encode("/\"><script>alert(1)</script>"))).body,
                Not(HasSubstr("<script")));
    EXPECT_THAT(server().ask(get("/login?email=%3Cscript%3E&message=%3Cscript%3E&error=%3Cscript%3E")).body,
                Not(HasSubstr("<script")));
}

TEST_F(page, account_is_for_those_signed_in) {
    const auto response = server().ask(get("/account"));
    EXPECT_EQ(response.status, 303);
    EXPECT_THAT(response["Location"], testing::StartsWith("/login"));
}

}  // namespace
}  // namespace latchkey::test
