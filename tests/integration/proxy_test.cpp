// F6: the sample configuration of every proxy, served by the proxy itself, against one list of attacks. Also what an
// application and its users rely on: the way to the login page and back, and who the application is told it is.
#include "apache_process.hpp"
#include "caddy_process.hpp"
#include "cookie_jar.hpp"
#include "envoy_process.hpp"
#include "haproxy_process.hpp"
#include "nginx_process.hpp"
#include "proxy_attacks.hpp"
#include "traefik_process.hpp"

#include <gmock/gmock.h>

#include <iostream>

namespace latchkey::test {

// For gtest's output.
static void PrintTo(const proxy_kind& kind, std::ostream* out) {
    *out << kind.name;
}

namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class proxy : public testing::TestWithParam<proxy_kind> {
protected:
    void SetUp() override {
        if (!GetParam().available())
            GTEST_SKIP() << "no " << GetParam().name << " here";
        site_ = std::make_unique<proxied_site>(GetParam());
    }
    void TearDown() override {
        if (site_ && HasFailure())
            std::cout << site_->proxy_log().substr(0, 20'000) << '\n';
    }
    proxied_site& site() { return *site_; }

    void attack(std::initializer_list<void (*)(attack_run&)> parts) {
        attack_run run(site());
        for (const auto& part : parts)
            part(run);
        std::cout << site().name() << ": " << run.attacks() << " attacks, " << run.bypasses() << " bypasses, "
                  << run.harmless() << " arrived as honest requests\n";
        EXPECT_EQ(run.harmless() == 0, run.latchkey_was_away()) << "a door that nobody gets through proves nothing";
    }

    void log_in_and_look_around();
    void lie_about_the_address();
    void log_in_by_chunks();

private:
    std::unique_ptr<proxied_site> site_;
};

// F4. The first, for it waits more than it works.
TEST_P(proxy, latchkey_away) {
    attack({take_latchkey_away});
}

TEST_P(proxy, forged_headers) {
    attack({forge_identity, forge_forwarding, speak_http2});
}

TEST_P(proxy, twisted_targets) {
    attack({twist_paths, twist_request_lines});
}

TEST_P(proxy, hostile_traffic) {
    attack(
        {twist_cookies, overload_the_question, send_bodies, use_methods, open_websockets, revoke_on_open_connections});
}

// Whom a rule refuses, and who is a person, learns so from a page of Latchkey's; programs get the bare status.
TEST_P(proxy, refuses_people_with_a_page) {
    const auto cookie = site().login(alice());
    const auto browser =
        with_cookie(cookie, {{"Accept", "text/html"}, {"Accept-Language", "de"}, {"Sec-Fetch-Mode", "navigate"}});
    const auto page = site().ask(get("/never/mind", browser));
    EXPECT_EQ(page.status, 403);
    if (GetParam().refuses_with_page) {
        EXPECT_EQ(page["Content-Type"], "text/html; charset=utf-8");
        EXPECT_THAT(page["Content-Security-Policy"], HasSubstr("style-src " + site().origin() + ";"));
        EXPECT_THAT(page.body, HasSubstr("href=\"" + site().origin() + "/assets/latchkey.css\""));
        EXPECT_THAT(page.body, HasSubstr("nicht freigegeben"));
    }
    const auto posted = site().ask(post_form("/never/mind", {{"a", "b"}}, browser));
    EXPECT_EQ(posted.status, 403);
    auto head_request = get("/never/mind", browser);
    head_request.method = "HEAD";
    EXPECT_EQ(site().ask(head_request).status, 403);
    const auto program = site().ask(get("/never/mind", with_cookie(cookie, {{"Accept", "application/json"}})));
    EXPECT_EQ(program.status, 403);
    EXPECT_THAT(program.body, Not(HasSubstr("latchkey.css")));
    EXPECT_EQ(site().arrivals().size(), 0U);
}

// From the application to the login page and back.
TEST_P(proxy, serves_honest_people) {
    log_in_and_look_around();
    lie_about_the_address();
    log_in_by_chunks();
}

void proxy::log_in_and_look_around() {
    const auto origin = site().origin();
    const auto refused = site().ask(get("/private/page?a=b&c=d", {{"Accept", "text/html"}, {"Remote-User", "root"}}));
    EXPECT_EQ(refused.status, 302);
    const auto location = refused["Location"];
    EXPECT_EQ(location, origin + "/login?rd=" + percent_encode(origin + "/private/page?a=b&c=d") + "&rm=GET");
    ASSERT_THAT(location, StartsWith(origin));
    EXPECT_EQ(site().arrivals().size(), 0U);

    const auto login_page = site().ask(get(location.substr(origin.size())));
    EXPECT_EQ(login_page.status, 200);
    EXPECT_THAT(login_page.body, HasSubstr("/private/page?a="));
    EXPECT_EQ(site().ask(get("/assets/latchkey.css")).status, 200);

    const auto posted = site().ask(post_form(
        "/login", {{"email", alice().email}, {"password", alice().password}, {"rd", origin + "/private/page?a=b&c=d"}},
        {{"Origin", origin}, {"Sec-Fetch-Site", "same-origin"}}));
    EXPECT_EQ(posted.status, 303);
    EXPECT_EQ(posted["Location"], origin + "/private/page?a=b&c=d");
    cookie_jar jar(origin);
    jar.take(posted);

    const auto page = site().ask(get("/private/page?a=b&c=d", {{"Cookie", jar.header() + "; theme=dark"}}));
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.count("Set-Cookie"), 0U);
    EXPECT_EQ(page.count("Remote-User"), 0U);
    EXPECT_THAT(page.body, StartsWith("GET /private/page?a=b&c=d HTTP/1.1\r\n"));
    EXPECT_THAT(page.body, HasSubstr("theme=dark"));
    EXPECT_THAT(page.body, Not(HasSubstr(std::string(session_cookie) + "=")));
    ASSERT_TRUE(jar.value(device_cookie)) << "L7: it passes every proxy";
    EXPECT_THAT(page.body, Not(HasSubstr(std::string(device_cookie) + "=")));

    // Who it is, and from where: all of it the proxy's word, once.
    const auto session = nlohmann::json::parse(site().ask(get("/sessions/whoami", {{"Cookie", jar.header()}})).body);
    const auto told = [&](const std::string& name, const std::string& value) {
        EXPECT_EQ(fields_of(page.body, name), std::vector{value}) << name;
    };
    told("Remote-User", session["user"]["id"]);
    told("Remote-Email", alice().email);
    told("Remote-Name", alice().name);
    told("Remote-Groups", alice().groups);
    told("Remote-Session", session["id"]);
    told("Host", site().host());
    told("X-Forwarded-For", "127.0.0.1");
    told("X-Forwarded-Proto", GetParam().scheme);
    told("X-Forwarded-Host", site().host());
    EXPECT_EQ(session["device"]["ip"], "127.0.0.1");
}

// The client's address as Latchkey learns it at a login is the proxy's word, not the client's (F1).
void proxy::lie_about_the_address() {
    for (const std::string name : {"X-Forwarded-For", "X_Forwarded_For", "X-Real-IP", "Forwarded", "X-Client-IP"}) {
        const auto response = site().ask(login_request(alice(), {{name, "203.0.113.9"}}));
        ASSERT_EQ(response.status, 200) << name;
        EXPECT_EQ(nlohmann::json::parse(response.body)["session"]["device"]["ip"], "127.0.0.1") << name;
    }
}

// Chunked logins are served, or refused for what they are: Latchkey takes no transfer coding.
void proxy::log_in_by_chunks() {
    const auto body = login_body(alice());
    char size[16];
    std::snprintf(size, sizeof size, "%zx", body.size());
    const auto response = site().send("POST /login HTTP/1.1\r\nHost: " + site().host() +
                                      "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                      size + "\r\n" + body + "\r\n0\r\n\r\n");
    EXPECT_THAT(response.status, testing::AnyOf(200, 411));
}

INSTANTIATE_TEST_SUITE_P(every, proxy,
                         testing::Values(nginx_kind(), haproxy_kind(), caddy_kind(), apache_kind(), traefik_kind(),
                                         envoy_kind()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace latchkey::test
