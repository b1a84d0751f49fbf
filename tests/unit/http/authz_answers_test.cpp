// F3, F4: what each proxy is answered, and where browsers are sent.
#include "authz_fixture.hpp"

#include <gmock/gmock.h>

namespace latchkey::http {
namespace {

using testing::answer;
using testing::field_list;

const std::string identity[] = {"Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups", "Remote-Session"};
const std::string login_at = "https://auth.example.com/login";
const std::string back = "?rd=https%3A%2F%2Fapp.example.com%2Fa%2Fb%3Fc%3Dd";

class authz_answers : public testing::authz_fixture {
protected:
    struct question {
        std::string target;
        field_list fields;
    };
    std::vector<question> everywhere() {
        host_ = "app.example.com";
        return {{nginx, original()},
                {forward, forwarded()},
                {std::string(envoy) + "/a/b?c=d", {{"X-Forwarded-Proto", "https"}}}};
    }
    static bool has(const answer& a, const std::string& name) {
        return a.head.find("\r\n" + name + ": ") != std::string::npos;
    }
    static std::size_t count(const answer& a, const std::string& name) {
        std::size_t n = 0;
        for (auto at = a.head.find("\r\n" + name + ": "); at != std::string::npos;
             at = a.head.find("\r\n" + name + ": ", at + 1))
            ++n;
        return n;
    }
    static void expect_empty(const answer& a, int status) {
        EXPECT_EQ(a.status, status);
        EXPECT_EQ(a.header("Content-Length"), "0");
        EXPECT_EQ(a.body, "");
        EXPECT_FALSE(has(a, "Set-Cookie"));
        EXPECT_EQ(a.header("Cache-Control"), "no-store");
    }
};

// F3
TEST_F(authz_answers, all_identity_headers_for_whoever_is_signed_in) {
    for (const auto& [target, fields] : everywhere()) {
        SCOPED_TRACE(target);
        const auto a = get(target, signed_in(fields));
        expect_empty(a, 200);
        for (const auto& name : identity)
            EXPECT_EQ(count(a, name), 1U) << name;
        EXPECT_EQ(a.header("Remote-User"), testing::numbered_id(1).str());
        EXPECT_EQ(a.header("Remote-Email"), "ada@example.com");
        EXPECT_EQ(a.header("Remote-Name"), "Ada");
        EXPECT_EQ(a.header("Remote-Groups"), "ops,staff");
        EXPECT_EQ(a.header("Remote-Session"), testing::numbered_id(11).str());
    }
}

// F3, CVE-2026-30851: all of them, empty, for whoever a rule lets in without a name; and the name where there is one.
TEST_F(authz_answers, empty_identity_headers_for_anonymous_callers) {
    book_->outcome_for_anonymous = access_outcome::allow;
    for (const auto& [target, fields] : everywhere()) {
        SCOPED_TRACE(target);
        const auto claims = plus(plus(fields, "Remote-User", "root"), "Remote-Groups", "admins");
        const auto a = get(target, claims);
        expect_empty(a, 200);
        for (const auto& name : identity) {
            EXPECT_EQ(count(a, name), 1U) << name;
            EXPECT_EQ(a.header(name), "") << name;
        }
        EXPECT_EQ(get(target, signed_in(fields)).header("Remote-Email"), "ada@example.com");
        EXPECT_EQ(get(target, plus(fields, "Cookie", "__Host-session=nobodys")).header("Remote-Email"), "");
    }
}

TEST_F(authz_answers, forbidden_is_403_for_everybody) {
    book_->outcome = book_->outcome_for_anonymous = access_outcome::forbid;
    for (const auto& [target, fields] : everywhere()) {
        SCOPED_TRACE(target);
        for (const auto& a : {get(target, fields), get(target, signed_in(fields))}) {
            expect_empty(a, 403);
            EXPECT_FALSE(has(a, "Location"));
            EXPECT_FALSE(has(a, "Remote-User"));
        }
    }
}

// Somebody who goes to a page sees one, which comes from here in full whatever host it is shown at (X3). nginx gets no
// body, see auth_request().
TEST_F(authz_answers, forbidden_is_a_page_for_people) {
    book_->outcome = book_->outcome_for_anonymous = access_outcome::forbid;
    for (const auto& [target, fields] : everywhere()) {
        SCOPED_TRACE(target);
        for (const auto& a : {get(target, browser(fields)), get(target, signed_in(browser(fields)))}) {
            if (target == nginx) {
                expect_empty(a, 403);
                continue;
            }
            EXPECT_EQ(a.status, 403);
            EXPECT_FALSE(has(a, "Remote-User"));
            EXPECT_FALSE(has(a, "Set-Cookie"));
            EXPECT_EQ(a.header("Content-Type"), "text/html; charset=utf-8");
            EXPECT_EQ(a.header("Cache-Control"), "no-store");
            EXPECT_THAT(a.header("Content-Security-Policy"),
                        ::testing::HasSubstr("default-src 'none'; style-src https://auth.example.com; img-src "
                                             "https://auth.example.com; form-action 'none'; frame-ancestors 'none'"));
            EXPECT_THAT(a.body, ::testing::HasSubstr("href=\"https://auth.example.com/assets/latchkey.css\""));
            EXPECT_THAT(a.body, ::testing::HasSubstr("href=\"https://auth.example.com/account\""));
            EXPECT_THAT(a.body, ::testing::Not(::testing::HasSubstr("app.example.com")));
        }
        expect_empty(get(target, plus(browser(fields), "X-Requested-With", "XMLHttpRequest")), 403);
    }
    expect_empty(get(forward, signed_in(browser(with(forwarded(), "X-Forwarded-Uri", "nonsense")))), 403);
}

// F4: a store that fails is never an answer about anybody, not even where a rule would let everybody in.
TEST_F(authz_answers, a_broken_store_is_503) {
    book_->outcome_for_anonymous = access_outcome::allow;
    domain_.sessions.broken = true;
    auto all = everywhere();
    all.push_back({oauth2, {}});
    for (const auto& [target, fields] : all) {
        SCOPED_TRACE(target);
        const auto a = get(target, signed_in(browser(fields)));
        EXPECT_EQ(a.status, 503);
        EXPECT_EQ(a.code(), "store_unavailable");
        EXPECT_EQ(a.header("Retry-After"), "1");
        EXPECT_FALSE(has(a, "Remote-User"));
    }
}

TEST_F(authz_answers, nginx_is_told_where_the_login_page_is) {
    for (const auto& fields : {original(), browser(original())}) {
        const auto a = get(nginx, fields);
        expect_empty(a, 401);
        EXPECT_EQ(a.header("Location"), login_at + back + "&rm=GET");
    }
    EXPECT_EQ(get(nginx, without(original(), "X-Original-Method")).header("Location"), login_at + back);
    EXPECT_EQ(ask("POST " + std::string(nginx), testing::lines(original())).status, 405);
}

// 302 repeats a GET, HEAD or OPTIONS; 303 makes a GET of anything else.
TEST_F(authz_answers, browsers_are_redirected) {
    const std::pair<const char*, int> cases[] = {{"GET", 302}, {"HEAD", 302},  {"OPTIONS", 302}, {"POST", 303},
                                                 {"PUT", 303}, {"PATCH", 303}, {"DELETE", 303}};
    host_ = "app.example.com";
    for (const auto& [method, status] : cases) {
        SCOPED_TRACE(method);
        const auto location = login_at + back + "&rm=" + method;
        const auto forwarded_one = get(forward, browser(with(forwarded(), "X-Forwarded-Method", method)));
        expect_empty(forwarded_one, status);
        EXPECT_EQ(forwarded_one.header("Location"), location);
        const auto own = ask(std::string(method) + ' ' + envoy + "/a/b?c=d",
                             testing::lines(browser({{"X-Forwarded-Proto", "https"}})));
        expect_empty(own, status);
        EXPECT_EQ(own.header("Location"), location);
        const auto unsaid = ask(std::string(method) + ' ' + forward,
                                testing::lines(browser(without(forwarded(), "X-Forwarded-Method"))));
        expect_empty(unsaid, status);
        EXPECT_EQ(unsaid.header("Location"), login_at + back);
    }
}

TEST_F(authz_answers, programs_and_scripts_are_not) {
    const auto status = [&](const field_list& more) {
        auto fields = forwarded();
        fields.insert(fields.end(), more.begin(), more.end());
        const auto a = get(forward, fields);
        EXPECT_EQ(a.header("Content-Length"), "0");
        EXPECT_EQ(has(a, "Location"), a.status == 302);
        return a.status;
    };
    for (const auto* accept : {"text/html", "TEXT/HTML", "a/b, text/html;q=0.5", "text/html;level=1",
                               " text/html ; q=1.0", "text/html;q=0.001"})
        EXPECT_EQ(status({{"Accept", accept}}), 302) << accept;
    for (const auto* accept :
         {"", "*/*", "text/*", "application/json", "text/htmlx", "xtext/html", "text/html;q=0", "text/html;q=0.000",
          "application/xhtml+xml", "application/json;x=text/html", "text / html"})
        EXPECT_EQ(status({{"Accept", accept}}), 401) << accept;
    EXPECT_EQ(status({}), 401);
    EXPECT_EQ(status({{"Accept", "text/html"}, {"Accept", "text/html"}}), 401);
    EXPECT_EQ(status({{"Accept", "text/html"}, {"X-Requested-With", "XMLHttpRequest"}}), 401);
    EXPECT_EQ(status({{"Accept", "text/html"}, {"X-Requested-With", "xmlhttprequest"}}), 401);
    EXPECT_EQ(status({{"Accept", "text/html"}, {"X-Requested-With", "com.example.webview"}}), 302);
    EXPECT_EQ(status({{"Accept", "text/html"}, {"Sec-Fetch-Mode", "navigate"}}), 302);
    for (const auto* mode : {"cors", "no-cors", "same-origin", "websocket", "", "nested-navigate"})
        EXPECT_EQ(status({{"Accept", "text/html"}, {"Sec-Fetch-Mode", mode}}), 401) << mode;
}

// X1: a question changes nothing, so that it may come of a request that another site caused.
TEST_F(authz_answers, requests_from_other_sites_are_asked_about_too) {
    host_ = "app.example.com";
    for (const auto* verb : {"POST", "DELETE", "PUT", "OPTIONS"})
        for (const auto& target : {std::string(forward), std::string(envoy) + "/a"}) {
            const auto fields =
                plus(plus(signed_in(forwarded()), "Origin", "https://evil.test"), "Sec-Fetch-Site", "cross-site");
            EXPECT_EQ(ask(std::string(verb) + ' ' + target, testing::lines(fields)).status, 200)
                << verb << ' ' << target;
        }
}

TEST_F(authz_answers, oauth2_answers_those_signed_in) {
    const auto a = get(oauth2, signed_in({}));
    expect_empty(a, 202);
    EXPECT_EQ(a.header("X-Auth-Request-User"), testing::numbered_id(1).str());
    EXPECT_EQ(a.header("X-Auth-Request-Email"), "ada@example.com");
    EXPECT_EQ(a.header("X-Auth-Request-Preferred-Username"), "ada@example.com");
    EXPECT_EQ(a.header("X-Auth-Request-Groups"), "ops,staff");
    EXPECT_THAT(book_->asked, ::testing::IsEmpty()) << "no URL: the default alone";
    const auto nobody = get(oauth2, browser({}));
    expect_empty(nobody, 401);
    EXPECT_FALSE(has(nobody, "Location"));
    domain_.add_session("bobs", 12, testing::make_person(2, "bob@example.com"));
    const auto groupless = get(oauth2, {{"Cookie", "__Host-session=bobs"}});
    EXPECT_EQ(count(groupless, "X-Auth-Request-Groups"), 1U);
    EXPECT_EQ(groupless.header("X-Auth-Request-Groups"), "");
    book_->outcome = access_outcome::forbid;
    expect_empty(get(oauth2, signed_in({})), 403);
    for (const auto* verb : {"POST", "PUT", "DELETE", "OPTIONS"})
        EXPECT_EQ(ask(std::string(verb) + ' ' + oauth2).status, 405);
}

TEST_F(authz_answers, oauth2_judges_a_url_where_there_is_one) {
    EXPECT_EQ(get(oauth2, signed_in(original())).status, 202);
    EXPECT_EQ(asked().host, "app.example.com");
    EXPECT_EQ(get(oauth2, signed_in(with(original(), "X-Original-URL", "nonsense"))).status, 403);
    EXPECT_EQ(get(oauth2, signed_in(with(original(), "X-Original-URL", ""))).status, 403);
    peer_trusted_ = false;
    book_->asked.clear();
    EXPECT_EQ(get(oauth2, signed_in(with(original(), "X-Original-URL", "nonsense"))).status, 202)
        << "a stranger's word is none";
    EXPECT_THAT(book_->asked, ::testing::IsEmpty());
}

TEST_F(authz_answers, the_email_can_be_the_user) {
    user u;
    u.id = testing::numbered_id(3);
    u.email = "eve@example.com";
    domain_.add_session("eves", 13, make_profile(u, true));
    const field_list cookie{{"Cookie", "__Host-session=eves"}};
    EXPECT_EQ(get(oauth2, cookie).header("X-Auth-Request-User"), "eve@example.com");
}

}  // namespace
}  // namespace latchkey::http
