#include "pages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace latchkey::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string hostile = "\"><script>alert('1')</script>&amp;{{password}}{{{x}}}";
const std::string reversed =
    "\xe2\x80\xae"
    "evil"
    "\xe2\x80\xac";  // U+202E and U+202C

class rendered_pages : public ::testing::Test {
protected:
    rendered_pages() {
        user u;
        u.email = "ada@example.com";
        mine_.id.bytes.back() = 1;
        mine_.user = make_profile(u, false);
        mine_.expires_at = now_ + seconds{3'600};
        mine_.last_seen_at = now_ - seconds{40};
    }
    void be(const user& u) { mine_.user = make_profile(u, false); }
    listed_session other(const std::string& user_agent, std::uint8_t number = 2) {
        listed_session s{mine_, user_agent};
        s.value.id.bytes.back() = number;
        s.value.last_seen_at = now_ - seconds{7'300};
        return s;
    }
    std::string account(const std::vector<listed_session>& sessions, const std::string& message = {}) {
        account_page page{mine_, sessions, now_, {}, message, {}, {}, {}};
        return html_.account(words_, page);
    }
    static std::size_t count(const std::string& text, const std::string& part) {
        std::size_t n = 0;
        for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size()))
            ++n;
        return n;
    }

    const pages html_{{"'self'", "https://auth.example.com", 12}, load_page_set({}).set};
    const page_texts& words_ = html_.language("en");
    time_point now_{seconds{1'767'225'600}};
    session mine_;
};

TEST_F(rendered_pages, login_shows_what_was_typed_escaped) {
    login_page page;
    page.message = "No <way>";
    page.wrong = true;
    page.email = hostile;
    page.rd = "/a?b=\"c\"";
    page.remember = true;
    const std::string text = html_.login(words_, page);
    EXPECT_THAT(text, Not(HasSubstr("<script")));
    EXPECT_THAT(text, HasSubstr("No &lt;way&gt;"));
    EXPECT_THAT(
        text,
        HasSubstr("value=\"&quot;&gt;&lt;script&gt;alert(&apos;1&apos;)&lt;/script&gt;&amp;amp;{{password}}{{{x}}}\""));
    EXPECT_THAT(text, HasSubstr(" checked"));
    EXPECT_THAT(text, HasSubstr("name=\"rd\" value=\"/a?b=&quot;c&quot;\""));
    EXPECT_THAT(text, HasSubstr("<title>Error: Sign in"));
    EXPECT_EQ(count(text, "aria-describedby=\"message\""), 2U);
    EXPECT_EQ(count(text, "aria-invalid=\"true\""), 2U);
    EXPECT_EQ(count(text, " autofocus"), 1U);
}

TEST_F(rendered_pages, nothing_typed_nothing_shown) {
    const std::string text = html_.login(words_, {});
    for (const char* absent : {"role=", "name=\"rd\"", "{{", "aria-", "checked", "continue"})
        EXPECT_THAT(text, Not(HasSubstr(absent)));
    EXPECT_THAT(text, HasSubstr("autocomplete=\"username\""));
    EXPECT_THAT(text, HasSubstr("autocomplete=\"current-password\""));
    EXPECT_THAT(text, HasSubstr("Sign-in page of auth.example.com"));
}

TEST_F(rendered_pages, login_says_where_it_leads) {
    login_page page;
    page.destination = "app.example.com";
    EXPECT_THAT(html_.login(words_, page), HasSubstr("to continue to app.example.com"));
    EXPECT_THAT(html_.login(html_.language("de"), page), HasSubstr("um zu app.example.com zu gelangen"));
}

TEST_F(rendered_pages, account_shows_the_user_and_the_sessions) {
    user u;
    u.email = "ada@example.com";
    u.name = "Ada";
    u.groups = {"staff", "wheel"};
    be(u);
    auto phone = other("Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0");
    phone.value.remembered = true;
    const std::string text = account({phone, {mine_, "curl/8"}});
    for (const char* part :
         {"Ada", "ada@example.com", "<bdi>staff</bdi>", "<bdi>wheel</bdi>", "Firefox on Android", "2 hours ago",
          "datetime=\"2025-12-31T21:58:20Z\"", "title=\"2025-12-31 21:58 UTC\"", "Kept signed in", "curl",
          "This device", "just now", "End all other sessions", "action=\"/account/sessions/end-others\"",
          "At least 12 characters", "2026-01-01 01:00 UTC", "autocomplete=\"new-password\"",
          "name=\"rd\" value=\"/login?done=signed-out\""})
        EXPECT_THAT(text, HasSubstr(part));
    EXPECT_EQ(count(text, "This device"), 1U);
    EXPECT_EQ(count(text, "action=\"/account/sessions/end\""), 1U) << "one's own is ended by signing out";
    EXPECT_THAT(text, HasSubstr("name=\"id\" value=\"" + phone.value.id.str() + "\""));
    EXPECT_LT(text.find("curl"), text.find("Firefox on Android")) << "one's own comes first";
    EXPECT_THAT(text, Not(HasSubstr("{{")));
    EXPECT_THAT(text, Not(HasSubstr("role=")));
}

TEST_F(rendered_pages, account_of_one_session) {
    const std::string text = account({{mine_, ""}});
    EXPECT_THAT(text, HasSubstr("not signed in anywhere else"));
    EXPECT_THAT(text, HasSubstr("Unknown device"));
    EXPECT_THAT(text, HasSubstr("\">unknown</bdi>")) << "the address";
    for (const char* absent : {"end-others", "/account/sessions/end\"", "<dt>Name", "<dt>Groups", "Kept signed in"})
        EXPECT_THAT(text, Not(HasSubstr(absent)));
}

// B2. The names of users and devices are other people's words.
TEST_F(rendered_pages, hostile_names_and_user_agents_are_only_text) {
    for (const auto& bad :
         {hostile, reversed, std::string("</bdi></dd><img src=x onerror=alert(1)>"), std::string("' onfocus='x"),
          std::string("Mozilla/5.0 (Linux <script>) Firefox/1\" onload=\"x")}) {
        user u;
        u.email = bad;
        u.name = bad;
        u.groups.assign(64, bad);
        be(u);
        const std::string text = account({other(bad), other("x/" + bad, 3), {mine_, bad}}, bad);
        EXPECT_THAT(text, Not(HasSubstr("<script")));
        EXPECT_THAT(text, Not(HasSubstr("<img src=x")));
        EXPECT_THAT(text, Not(HasSubstr("\" onload")));
        EXPECT_THAT(text, Not(HasSubstr("' onfocus")));
        // Text that runs the other way stays within its own element.
        EXPECT_EQ(count(text, "<bdi"), count(text, "</bdi>"));
        for (auto at = text.find(reversed); at != text.npos; at = text.find(reversed, at + 1)) {
            const auto tag = text.substr(text.rfind('<', at), 6);
            EXPECT_TRUE(tag.starts_with("<bdi") || tag.starts_with("<input") || tag.starts_with("<p cla")) << tag;
        }
    }
}

TEST_F(rendered_pages, sixty_four_groups_and_many_sessions_fit) {
    user u;
    u.email = "ada@example.com";
    for (int i = 0; i < 64; ++i)
        u.groups.push_back(std::string(62, 'g') + std::to_string(10 + i % 90));
    be(u);
    std::vector<listed_session> many{{mine_, "curl/8"}};
    for (std::uint8_t i = 2; i < 102; ++i)
        many.push_back(other("curl/8", i));
    const std::string text = account(many);
    EXPECT_EQ(count(text, "<bdi>ggg"), 64U);
    EXPECT_EQ(count(text, "action=\"/account/sessions/end\""), 100U);
}

TEST_F(rendered_pages, a_field_says_what_is_wrong_with_it) {
    const std::vector<listed_session> one{{mine_, ""}};
    struct expectation {
        account_page page;
        const char* id;
    };
    for (const auto& [page, id] : {expectation{{mine_, one, now_, {}, {}, "bad", {}, {}}, "current-fault"},
                                   {{mine_, one, now_, {}, {}, {}, "bad", {}}, "new-fault"},
                                   {{mine_, one, now_, {}, {}, {}, {}, "bad"}, "repeat-fault"}}) {
        const std::string text = html_.account(words_, page);
        EXPECT_EQ(count(text, "role=\"alert\""), 1U);
        EXPECT_EQ(count(text, "aria-invalid=\"true\""), 1U);
        EXPECT_EQ(count(text, id), 2U) << "the message, and the field that it describes";
        EXPECT_EQ(count(text, " autofocus"), 1U);
        EXPECT_THAT(text, HasSubstr("<title>Error: "));
    }
}

TEST_F(rendered_pages, errors_say_what_to_do) {
    const std::string lost = html_.error(words_, {404, "not_found", "id-1"});
    for (const char* part : {"404", "Page not found", "nothing at this address", "id-1", "href=\"/account\""})
        EXPECT_THAT(lost, HasSubstr(part));
    EXPECT_THAT(html_.error(words_, {401, "no_session", ""}), HasSubstr("href=\"/login\""));
    EXPECT_THAT(html_.error(words_, {403, "forbidden", ""}), HasSubstr("You cannot go there"));
    EXPECT_THAT(html_.error(words_, {503, "overloaded", ""}), HasSubstr("Not available right now"));
    EXPECT_THAT(html_.error(words_, {500, "internal_error", ""}), HasSubstr("Something went wrong"));
    EXPECT_THAT(html_.error(words_, {418, "teapot", ""}), HasSubstr("could not be answered"));
    EXPECT_THAT(html_.message(words_, "password_too_short"), HasSubstr("12 characters"));
}

// At an application's address nothing is asked of that application.
TEST_F(rendered_pages, an_error_shown_elsewhere_comes_from_here) {
    error_page page{403, "forbidden", "id-1"};
    EXPECT_THAT(html_.error(words_, page), HasSubstr("src=\"/login/mark.svg\""));
    page.elsewhere = true;
    const std::string text = html_.error(words_, page);
    for (const char* own : {"\"/login", "\"/account", "\"/assets"})
        EXPECT_THAT(text, Not(HasSubstr(own)));
    EXPECT_THAT(text, HasSubstr("src=\"https://auth.example.com/login/mark.svg\""));
    const std::string headers = html_.headers_elsewhere(words_);
    EXPECT_THAT(headers, Not(HasSubstr("'self'")));
    EXPECT_THAT(headers, HasSubstr("style-src https://auth.example.com;"));
}

TEST_F(rendered_pages, every_page_is_in_the_language_asked_for) {
    for (const auto& [tag, sign_in] : {std::pair{"de", "Anmelden"}, {"es", "Iniciar sesión"}, {"en", "Sign in"}}) {
        const auto& words = html_.language(tag);
        const std::string lang = std::string("<html lang=\"") + tag + "\" dir=\"ltr\">";
        EXPECT_THAT(html_.login(words, {}), HasSubstr(lang));
        EXPECT_THAT(html_.login(words, {}), HasSubstr(sign_in));
        EXPECT_THAT(html_.error(words, {}), HasSubstr(lang));
        const std::vector<listed_session> one{{mine_, ""}};
        EXPECT_THAT(html_.account(words, {mine_, one, now_, {}, {}, {}, {}, {}}), HasSubstr(lang));
        EXPECT_THAT(html_.headers(words), HasSubstr(std::string("Content-Language: ") + tag + "\r\n"));
        EXPECT_THAT(html_.headers(words), HasSubstr("Vary: Accept, Accept-Language\r\n"));
    }
}

// B1
TEST_F(rendered_pages, no_inline_anything_and_nothing_from_elsewhere) {
    const std::string headers = html_.headers(words_);
    for (const char* part : {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
                             "Referrer-Policy: same-origin", "Cross-Origin-Opener-Policy: same-origin"})
        EXPECT_THAT(headers, HasSubstr(part));
    EXPECT_THAT(headers, Not(HasSubstr("unsafe")));
    const std::vector<listed_session> one{{mine_, ""}, other("curl/8")};
    for (const auto& text : {html_.login(words_, {}), html_.error(words_, {}), account(one)}) {
        for (const char* mark : {"<style", "style=", "<script", "http://", "https://", "javascript:", "data:"})
            EXPECT_THAT(text, Not(HasSubstr(mark)));
        EXPECT_FALSE(std::regex_search(text, std::regex("<[^>]* on[a-z]+=")));
        EXPECT_EQ(count(text, "<h1>"), 1U);
        EXPECT_EQ(count(text, "<main"), 1U);
    }
}

}  // namespace
}  // namespace latchkey::http
