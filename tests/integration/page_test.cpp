// The pages as a browser without JavaScript gets them.
#include "cookie_jar.hpp"
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>

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
    const auto policy = response["Content-Security-Policy"];  // B1
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
    EXPECT_FALSE(jar.value(session_cookie)) << "a browser forgets the cookie";
    EXPECT_TRUE(jar.value(device_cookie)) << "L7: but not that somebody has logged in with it";
    EXPECT_EQ(server().ask(get("/login", with_jar({}))).status, 200);
}

// B2, and B3: but a password never does.
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
    for (const char* path : {"/account/sessions/end", "/account/sessions/end-others", "/account/password"}) {
        EXPECT_EQ(server().ask(post_form(path, {{"id", "x"}})).status, 303) << path;
        EXPECT_EQ(server().ask(get(path)).status, 405) << path;
    }
}

// What a hidden field of a form holds, by the form's action.
std::string hidden(const std::string& page, const std::string& action, const std::string& name) {
    const auto form = page.find("action=\"" + action + "\"");
    const std::string field = "name=\"" + name + "\" value=\"";
    const auto at = form == page.npos ? form : page.find(field, form);
    if (at == page.npos)
        throw std::runtime_error("no " + name + " for " + action + " in:\n" + page);
    const auto begin = at + field.size();
    return page.substr(begin, page.find('"', begin) - begin);
}

header_list device(const std::string& user_agent, header_list headers = {}) {
    headers.emplace_back("User-Agent", user_agent);
    return headers;
}

TEST_F(page, sessions_are_seen_and_ended) {
    const auto mine = server().login(bob());
    const auto phone = cookie_of(server().ask(
        login_request(bob(), device("Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0"))));
    const auto third = server().login(bob());
    auto shown = server().ask(get("/account", with_cookie(mine)));
    EXPECT_THAT(shown.body, HasSubstr("Firefox on Android"));
    EXPECT_THAT(shown.body, HasSubstr(">127.0.0.1</bdi>"));

    // The newest other one stands first: end it, and only it.
    const auto end = [&](const std::string& id) {
        return server().ask(post_form("/account/sessions/end", {{"id", id}}, with_cookie(mine)));
    };
    const auto id = hidden(shown.body, "/account/sessions/end", "id");
    EXPECT_EQ(end(id)["Location"], "/account?done=session-ended");
    EXPECT_EQ(server().ask(get("/sessions/whoami", with_cookie(third))).status, 401);
    EXPECT_EQ(server().ask(get("/sessions/whoami", with_cookie(phone))).status, 200);
    EXPECT_EQ(end(id).status, 404) << "twice";
    EXPECT_EQ(end(mine).status, 404) << "C2: a cookie is no id";

    const auto others = server().ask(post_form("/account/sessions/end-others", {}, with_cookie(mine)));
    EXPECT_EQ(others["Location"], "/account?done=sessions-ended");
    EXPECT_EQ(server().ask(get("/sessions/whoami", with_cookie(phone))).status, 401);
    shown = server().ask(get(others["Location"], with_cookie(mine)));
    EXPECT_THAT(shown.body, HasSubstr("role=\"status\">All your other sessions have ended."));
    EXPECT_THAT(shown.body, Not(HasSubstr("Firefox on Android")));
}

// Nobody ends the sessions of somebody else by this form.
TEST_F(page, another_users_session_is_not_there) {
    const auto mine = server().login(bob()), theirs = server().login(alice());
    const auto id = json_of(server().ask(get("/sessions/whoami", with_cookie(theirs))))["id"].get<std::string>();
    const auto refused = server().ask(post_form("/account/sessions/end", {{"id", id}}, with_cookie(mine)));
    EXPECT_EQ(refused.status, 404);
    EXPECT_EQ(server().ask(get("/sessions/whoami", with_cookie(theirs))).status, 200);
}

// R2, V3, by the form.
TEST_F(page, a_password_is_changed) {
    const auto mine = server().login(bob()), other = server().login(bob());
    const auto change = [&](const std::string& cookie, const std::string& now, const std::string& next,
                            const std::string& again) {
        return server().ask(post_form("/account/password",
                                      {{"current_password", now}, {"new_password", next}, {"repeat_password", again}},
                                      with_cookie(cookie)));
    };
    for (const auto& refused :
         {change(mine, "not-bobs-password", "fresh-and-New-1", "fresh-and-New-1"),
          change(mine, bob().password, "fresh-and-New-1", "fresh-and-New-2"),
          change(mine, bob().password, "short", "short"), change(mine, bob().password, "password123", "password123"),
          change(mine, bob().password, "", "")}) {
        EXPECT_THAT((std::vector{401, 422}), testing::Contains(refused.status));
        EXPECT_THAT(refused.body, HasSubstr("role=\"alert\""));
        EXPECT_EQ(refused.count("Set-Cookie"), 0U);
        for (const char* secret : {"not-bobs-password", "fresh-and-New", "password123"})
            EXPECT_THAT(refused.body, Not(HasSubstr(secret)));
    }
    EXPECT_EQ(server().ask(get("/sessions/whoami", with_cookie(other))).status, 200) << "nothing has happened";

    const auto done = change(mine, bob().password, "fresh-and-New-1", "fresh-and-New-1");
    EXPECT_EQ(done["Location"], "/account?done=password-changed");
    const auto fresh = cookie_of(done);
    EXPECT_EQ(server().ask(get("/account", with_cookie(fresh))).status, 200);
    EXPECT_EQ(server().ask(get("/account", with_cookie(mine))).status, 303) << "the old cookie";
    EXPECT_EQ(server().ask(get("/account", with_cookie(other))).status, 303);
    EXPECT_EQ(change(fresh, "fresh-and-New-1", bob().password, bob().password).status, 303);
}

// The whole way of an `rd`, through attempts that fail.
TEST_F(page, the_way_back_survives_failed_attempts) {
    const std::string rd = "/reports/2026?a=b&c=\"d\"";
    auto shown = server().ask(get("/login?rd=" + percent_encode(rd)));
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(hidden(shown.body, "/login", "rd"), "/reports/2026?a=b&amp;c=&quot;d&quot;");
        shown = server().ask(post_form(
            "/login", {{"email", alice().email}, {"password", "wrong"}, {"rd", rd}, {"remember_me", "true"}}));
        EXPECT_EQ(shown.status, 401);
        EXPECT_THAT(shown.body, HasSubstr("value=\"" + alice().email + "\""));
        EXPECT_THAT(shown.body, HasSubstr(" checked"));
    }
    EXPECT_EQ(hidden(shown.body, "/login", "rd"), "/reports/2026?a=b&amp;c=&quot;d&quot;");
    const auto in =
        server().ask(post_form("/login", {{"email", alice().email}, {"password", alice().password}, {"rd", rd}}));
    EXPECT_EQ(in.status, 303);
    EXPECT_EQ(in["Location"], rd);
    // A form that lacks a field keeps the others.
    shown = server().ask(post_form("/login", {{"email", alice().email}, {"rd", "/x"}}));
    EXPECT_EQ(shown.status, 400);
    EXPECT_THAT(shown.body, HasSubstr("value=\"" + alice().email + "\""));
    EXPECT_EQ(hidden(shown.body, "/login", "rd"), "/x");
}

TEST_F(page, speaks_the_language_of_the_browser) {
    for (const auto& [wanted, tag, text] : {std::tuple{"de-AT,de;q=0.9,en;q=0.5", "de", "Anmelden"},
                                            {"es", "es", "Iniciar sesión"},
                                            {"fr-FR, fr", "en", "Sign in"},
                                            {"de;q=0.2, es;q=0.8", "es", "Contraseña"}}) {
        const auto response = server().ask(get("/login", {{"Accept-Language", wanted}}));
        EXPECT_EQ(response["Content-Language"], tag);
        EXPECT_THAT(response["Vary"], HasSubstr("Accept-Language"));
        EXPECT_THAT(response.body, HasSubstr(std::string("<html lang=\"") + tag + "\""));
        EXPECT_THAT(response.body, HasSubstr(text));
    }
    const auto failed = server().ask(
        post_form("/login", {{"email", "x@example.com"}, {"password", "wrong"}}, {{"Accept-Language", "de"}}));
    EXPECT_THAT(failed.body, HasSubstr("E-Mail-Adresse oder Passwort stimmen nicht."));
    for (const auto& hostile : {std::string(8'000, ','), std::string(8'000, 'd'), std::string("de;q=1;q=\xff"),
                                std::string("../../etc/passwd"), std::string("<script>")})
        EXPECT_EQ(server().ask(get("/login", {{"Accept-Language", hostile}})).status, 200);
}

TEST_F(page, errors_are_pages_for_browsers_alone) {
    const header_list browser{{"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}};
    const auto shown = server().ask(get("/nothing/here", browser));
    EXPECT_EQ(shown.status, 404);
    expect_common_headers(shown);
    EXPECT_THAT(shown["Content-Type"], testing::StartsWith("text/html"));
    EXPECT_THAT(shown["Content-Security-Policy"], HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(shown.body, HasSubstr(shown["X-Request-Id"]));
    EXPECT_EQ(server().ask(get("/nothing/here"))["Content-Type"], "application/problem+json");
    const auto large = server().ask(post_form("/login", {{"email", std::string(17'000, 'x')}}, browser));
    EXPECT_EQ(large.status, 413);
    EXPECT_THAT(large["Content-Type"], testing::StartsWith("text/html"));
    const auto other_site =
        server().ask(post_form("/logout", {}, {{"Accept", "text/html"}, {"Origin", "https://evil.test"}}));
    EXPECT_EQ(other_site.status, 403);
    EXPECT_THAT(other_site.body, HasSubstr("another website"));
    const auto admin =
        raw_client::unix_socket(server().directory() / "latchkey.db-admin").ask(get("/nothing", browser));
    EXPECT_EQ(admin["Content-Type"], "application/problem+json");
}

TEST_F(page, what_it_is_shown_with_may_be_kept_for_a_while) {
    for (const auto& [path, type] :
         {std::pair{"/assets/latchkey.css", "text/css; charset=utf-8"}, {"/login/mark.svg", "image/svg+xml"}}) {
        const auto response = server().ask(get(path));
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response["Content-Type"], type);
        EXPECT_EQ(response["Cache-Control"], "public, max-age=300");
        EXPECT_EQ(response["X-Content-Type-Options"], "nosniff");
        EXPECT_EQ(server().ask(head(path)).body, "");
    }
    EXPECT_THAT(server().ask(get("/login/mark.svg"))["Content-Security-Policy"], HasSubstr("sandbox"));
}

// B2. Whoever logs in with a hostile User-Agent sees only text on the account page.
TEST_F(page, hostile_devices_are_text) {
    const auto mine = server().login(bob());
    for (const char* agent : {"Mozilla/5.0 (Linux) Firefox/1 \"><script>alert(1)</script>", "<script>x</script>/1",
                              "x' onfocus='alert(1)", "{{{email}}}/1", "\xe2\x80\xae/1", "\xff\xfe"}) {
        server().ask(login_request(bob(), device(agent)));
        const auto shown = server().ask(get("/account", with_cookie(mine)));
        EXPECT_EQ(shown.status, 200);
        for (const char* part : {"<script", "onfocus", "{{{", "\xff"})
            EXPECT_THAT(shown.body, Not(HasSubstr(part)));
    }
    server().ask(post_form("/account/sessions/end-others", {}, with_cookie(mine)));
}

// What an operator puts in the place of the pages is served; what can't be is told before the server starts.
TEST(own_pages, are_served_or_refused_at_start) {
    const temp_dir own;
    write_file(own / "latchkey.css", "h1 { color: green }\n");
    write_file(own / "login.html", "<h1>{{t.sign_in}} at {{t.x_town}}</h1>{{email}}");
    std::filesystem::create_directory(own.path() / "texts");
    write_file(own / "texts/en.json", R"({"sign_in":"Come in","x_town":"Acme"})");
    server_setup setup;
    setup.config["pages.directory"] = '"' + own.path().string() + '"';
    latchkey_server server(setup);
    EXPECT_EQ(server.ask(get("/assets/latchkey.css")).body, "h1 { color: green }\n");
    EXPECT_EQ(server.ask(get("/login")).body, "<h1>Come in at Acme</h1>\n");
    const auto failed = server.ask(post_form("/login", {{"email", "<b>"}, {"password", "x"}}));
    EXPECT_EQ(failed.body, "<h1>Come in at Acme</h1>&lt;b&gt;\n");

    // A running server keeps what it read.
    write_file(own / "login.html", "{{#message}}");
    EXPECT_EQ(server.ask(get("/login")).body, "<h1>Come in at Acme</h1>\n");
    const auto check = server.command({"config", "check"});
    EXPECT_EQ(check.status, 2);
    EXPECT_THAT(check.output + check.errors, HasSubstr("pages.directory: " + (own / "login.html")));
    EXPECT_EQ(server.stop(), 0);
    EXPECT_THROW(server.start(), std::runtime_error);
    EXPECT_THAT(server.errors(), HasSubstr(own / "login.html"));
    write_file(own / "login.html", "mended");
    server.start();
    EXPECT_EQ(server.ask(get("/login")).body, "mended\n");
}

}  // namespace
}  // namespace latchkey::test
