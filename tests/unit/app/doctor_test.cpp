// `latchkey doctor`: what it says of configurations, and of the answers that a proxy gives.
#include "doctor_setup.hpp"
#include "doctor_visit.hpp"
#include "public_suffix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace latchkey {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t now = 1'800'000'000;

http::web_url url(std::string_view text) {
    return *http::web_url::parse(text);
}

// The codes in order; nothing else about the words is promised.
std::vector<std::string> codes(const findings& found) {
    std::vector<std::string> out;
    for (const auto& f : found) {
        EXPECT_FALSE(f.what.empty());
        EXPECT_EQ(f.remedy.empty(), f.weight == severity::good || f.weight == severity::note) << f.code;
        out.emplace_back(f.code);
    }
    return out;
}

config healthy() {
    config c;
    c.server.public_url = "https://app.example.com";
    return c;
}

TEST(DoctorSetup, OneHostNameNeedsNothing) {
    EXPECT_THAT(check_setup(healthy(), url("https://app.example.com/page?x=1")), IsEmpty());
    EXPECT_THAT(check_setup(healthy(), url("https://App.Example.Com/")), IsEmpty());
}

TEST(DoctorSetup, TwoHostsNeedADomainInCommon) {
    config c = healthy();
    c.server.public_url = "https://auth.example.com";
    const auto page = url("https://app.example.com/");
    const auto found = check_setup(c, page);
    EXPECT_THAT(codes(found), ElementsAre("cookie_does_not_reach", "no_way_back"));
    EXPECT_THAT(found[0].remedy, HasSubstr("cookie.domain = \"example.com\""));
    c.cookie.domain = "example.com";
    c.redirect.allowed_hosts = {"app.example.com"};
    EXPECT_THAT(check_setup(c, page), IsEmpty());

    EXPECT_THAT(codes(check_setup(c, url("https://app.example.org/"))),
                ElementsAre("cookie_does_not_reach", "no_way_back"));
    EXPECT_THAT(codes(check_setup(c, url("https://badexample.com/"))), Contains("cookie_does_not_reach"));
}

TEST(DoctorSetup, APublicSuffixIsNoDomain) {
    EXPECT_TRUE(is_public_suffix("co.uk"));
    EXPECT_FALSE(is_public_suffix("example.co.uk"));
    config c = healthy();
    c.server.public_url = "https://auth.co.uk";
    c.cookie.domain = "co.uk";
    EXPECT_THAT(codes(check_setup(c, url("https://auth.co.uk/"))), ElementsAre("cookie_domain_is_public_suffix"));
    c.cookie.domain.clear();
    const auto strangers = check_setup(c, url("https://app.co.uk/"));
    EXPECT_EQ(strangers.at(0).code, "cookie_does_not_reach");
    EXPECT_THAT(strangers[0].remedy, testing::Not(HasSubstr("co.uk")));
}

TEST(DoctorSetup, HttpBehindHttps) {
    config c = healthy();
    c.server.public_url = "http://app.example.com";
    EXPECT_THAT(codes(check_setup(c, url("https://app.example.com/"))),
                ElementsAre("public_url_is_plain", "secure_cookie_on_plain_http", "no_way_back"));
    EXPECT_THAT(codes(check_setup(healthy(), url("http://app.example.com/"))), ElementsAre("page_is_plain"));
    c = healthy();
    c.cookie.secure = false;
    EXPECT_THAT(codes(check_setup(c, url("https://app.example.com/"))), ElementsAre("cookie_not_secure"));
    c.server.public_url = "http://127.0.0.1:9080";
    EXPECT_THAT(check_setup(c, url("http://127.0.0.1:9080/")), IsEmpty());
}

TEST(DoctorSetup, ProxiesElsewhere) {
    config c = healthy();
    c.server.listen = {"0.0.0.0:9080"};
    EXPECT_THAT(codes(check_setup(c, url("https://app.example.com/"))), ElementsAre("only_local_proxies_trusted"));
    c.server.trusted_proxies.emplace_back("10.0.0.5/32");
    EXPECT_THAT(check_setup(c, url("https://app.example.com/")), IsEmpty());
}

class scripted_probe final : public web_probe {
public:
    probe_answer get(const std::string& url, const std::string& socket) override {
        asked.push_back(socket.empty() ? url : socket);
        const auto known = answers.find(url);
        if (known != answers.end())
            return known->second;
        probe_answer none;
        none.error = "nobody there";
        return none;
    }
    void answer(const std::string& url, unsigned status, const std::string& redirect = {}) {
        answers[url].status = status;
        answers[url].redirect = redirect;
    }

    std::map<std::string, probe_answer> answers;
    std::vector<std::string> asked;
};

class DoctorVisit : public testing::Test {
protected:
    DoctorVisit() {
        probe_.answer(page_, 302, login_ + "?rd=https%3A%2F%2Fapp.example.com%2Fpage");
        probe_.answer(login_, 200);
        probe_.answers[login_].body = "<input name=\"password\">";
        probe_.answer("https://app.example.com/assets/latchkey.css", 200);
        probe_.answers["https://app.example.com/assets/latchkey.css"].content_type = "text/css; charset=utf-8";
    }
    std::vector<std::string> visit() { return codes(check_visit(healthy(), url(page_), false, probe_, now)); }
    std::vector<std::string> when_answered(unsigned status, const std::string& redirect = {}) {
        probe_.answer(page_, status, redirect);
        return visit();
    }
    std::vector<std::string> when_sent_back_to(const std::string& rd) {
        return when_answered(303, login_ + "?rd=" + rd);
    }

    const std::string page_ = "https://app.example.com/page", login_ = "https://app.example.com/login";
    scripted_probe probe_;
};

TEST_F(DoctorVisit, AllIsWell) {
    EXPECT_THAT(visit(), ElementsAre("sent_to_login", "login_served"));
}

TEST_F(DoctorVisit, AnOwnPageLeadsBackByItsPath) {
    EXPECT_THAT(when_sent_back_to("%2Fpage"), ElementsAre("sent_to_login", "login_served"));
    EXPECT_THAT(when_sent_back_to("%2F%2Fapp.example.org%2Fpage"), Contains("url_malformed"));
}

TEST_F(DoctorVisit, WhatIsForwarded) {
    EXPECT_THAT(when_answered(302, login_), Contains("url_not_forwarded"));
    EXPECT_THAT(when_sent_back_to(""), Contains("url_not_forwarded"));
    EXPECT_THAT(when_sent_back_to("http://app.example.com/page"), Contains("scheme_lost"));
    EXPECT_THAT(when_sent_back_to("https://10.0.0.7/page"), Contains("host_mismatch"));
    EXPECT_THAT(when_sent_back_to("javascript%3Aalert(1)"), Contains("url_malformed"));
}

TEST_F(DoctorVisit, Loops) {
    EXPECT_THAT(when_answered(302, page_), ElementsAre("redirect_loop"));
    probe_.answer("https://app.example.com/a", 302, "https://app.example.com/b");
    probe_.answer("https://app.example.com/b", 302, "https://app.example.com/a");
    EXPECT_THAT(when_answered(302, "https://app.example.com/a"), Contains("redirect_loop"));
    probe_.answer(login_, 302, login_ + "?rd=x");
    EXPECT_THAT(when_sent_back_to("https://app.example.com/page"), Contains("redirect_loop"));
}

TEST_F(DoctorVisit, DeadEnds) {
    EXPECT_THAT(when_answered(200), ElementsAre("not_guarded"));
    EXPECT_THAT(when_answered(401), ElementsAre("not_sent_to_login"));
    EXPECT_THAT(when_answered(403), ElementsAre("refused"));
    EXPECT_THAT(when_answered(404), ElementsAre("not_found"));
    EXPECT_THAT(when_answered(500), ElementsAre("proxy_fails"));
    EXPECT_THAT(when_answered(418), ElementsAre("unexpected_status"));
    EXPECT_THAT(when_answered(302, "https://auth.example.org/login?rd=x"), ElementsAre("login_elsewhere"));
    probe_.answers.erase(page_);
    EXPECT_THAT(visit(), ElementsAre("no_answer"));
    probe_.answers[page_].error = "self-signed";
    probe_.answers[page_].is_certificate_error = true;
    EXPECT_THAT(visit(), ElementsAre("certificate_refused"));
}

TEST_F(DoctorVisit, APageForEverybody) {
    probe_.answer(page_, 200);
    EXPECT_THAT(codes(check_visit(healthy(), url(page_), true, probe_, now)), ElementsAre("shown_to_anybody"));
}

TEST_F(DoctorVisit, RedirectsToTheRealPageAreFollowed) {
    probe_.answer("http://app.example.com/page", 301, page_);
    EXPECT_THAT(codes(check_visit(healthy(), url("http://app.example.com/page"), false, probe_, now)),
                ElementsAre("redirected", "sent_to_login", "login_served"));
}

TEST_F(DoctorVisit, TheLoginPageItself) {
    probe_.answers[login_].body = "Not found";
    EXPECT_THAT(visit(), Contains("login_not_served"));
    probe_.answers.erase(login_);
    EXPECT_THAT(visit(), Contains("no_answer"));
    probe_.answer(login_, 200);
    probe_.answers[login_].body = "<input name=\"password\">";
    probe_.answer("https://app.example.com/assets/latchkey.css", 404);
    EXPECT_THAT(visit(), Contains("stylesheet_not_served"));
}

TEST_F(DoctorVisit, Clocks) {
    probe_.answers[page_].date = now - 5;
    EXPECT_THAT(visit(), testing::Not(Contains("clock_skew")));
    probe_.answers[page_].date = now + 120;
    EXPECT_THAT(visit(), Contains("clock_skew"));
}

TEST_F(DoctorVisit, TheServer) {
    config c = healthy();
    EXPECT_THAT(codes(check_server(c, probe_, now)), ElementsAre("server_not_running"));
    probe_.answer("http://127.0.0.1:9080/health/ready", 200);
    EXPECT_THAT(codes(check_server(c, probe_, now)), ElementsAre("server_ready"));
    c.server.listen = {"0.0.0.0:9080"};
    EXPECT_THAT(codes(check_server(c, probe_, now)), ElementsAre("server_ready"));
    probe_.answer("http://127.0.0.1:9080/health/ready", 503);
    EXPECT_THAT(codes(check_server(c, probe_, now)), ElementsAre("server_not_ready"));
    c.server.listen = {"[::]:9080"};
    check_server(c, probe_, now);
    EXPECT_EQ(probe_.asked.back(), "http://[::1]:9080/health/ready");
    c.server.listen = {"unix:/run/latchkey/http.sock"};
    check_server(c, probe_, now);
    EXPECT_EQ(probe_.asked.back(), "/run/latchkey/http.sock");
}

}  // namespace
}  // namespace latchkey
