// The check for Traefik, Caddy and HAProxy, asked directly and by the real program: who passes, who is sent to the
// login page, and that the way back works (requirements F1 to F5).
#include "expectations.hpp"
#include "guarded_sites.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace latchkey::test {
namespace {

const std::string endpoint = "/api/authz/forward-auth";

class forward_auth : public testing::Test {
protected:
    static void SetUpTestSuite() {
        server_ = std::make_unique<latchkey_server>(guarded_sites());
        alice_ = server_->login(alice());
        bob_ = server_->login(bob());
    }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }

    static http_response check(const header_list& headers) { return server().ask(get(endpoint, headers)); }
    static int status(const header_list& headers) { return check(headers).status; }

    inline static std::string alice_, bob_;

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

// F3
TEST_F(forward_auth, passes_with_every_identity_header) {
    const auto who = json_of(server().ask(get("/sessions/whoami", with_cookie(alice_))));
    for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
        SCOPED_TRACE(method);
        const auto response =
            server().ask({method, endpoint, with_cookie(alice_, forwarded("app.example.com", "/a?b=c")), {}});
        EXPECT_EQ(response.status, 200);
        expect_common_headers(response);
        EXPECT_EQ(response["Content-Length"], "0");
        EXPECT_EQ(response.count("Set-Cookie"), 0U);
        for (const auto& name : identity_headers)
            EXPECT_EQ(response.count(name), 1U) << name;
        EXPECT_EQ(response["Remote-User"], who["user"]["id"]);
        EXPECT_EQ(response["Remote-Email"], alice().email);
        EXPECT_EQ(response["Remote-Name"], alice().name);
        EXPECT_EQ(response["Remote-Groups"], alice().groups);
        EXPECT_EQ(response["Remote-Session"], who["id"]);
    }
}

TEST_F(forward_auth, the_rules_decide) {
    const auto pass = [&](const std::string& cookie, const std::string& host, const std::string& uri = "/",
                          const std::string& method = "GET") {
        return status(cookie.empty() ? forwarded(host, uri, method)
                                     : with_cookie(cookie, forwarded(host, uri, method)));
    };
    EXPECT_EQ(pass("", "app.example.com", "/private"), 401);
    EXPECT_EQ(pass(bob_, "app.example.com", "/private"), 200);
    EXPECT_EQ(pass("", "app.example.com", "/public/x"), 200);
    EXPECT_EQ(pass("", "app.example.com", "/public/x", "HEAD"), 200);
    EXPECT_EQ(pass("", "app.example.com", "/public/x", "POST"), 401);
    EXPECT_EQ(pass("", "app.example.com", "/public"), 401);
    EXPECT_EQ(pass(alice_, "admin.example.com"), 200);
    EXPECT_EQ(pass(bob_, "admin.example.com"), 403) << "in no such group";
    EXPECT_EQ(pass("", "admin.example.com"), 401);
    for (const auto* host : {"closed.example.com", "elsewhere.test", "example.com"}) {
        EXPECT_EQ(pass("", host), 403) << host;
        EXPECT_EQ(pass(alice_, host), 403) << host;
    }
    const auto page = check(with_cookie(alice_, as_browser(forwarded("closed.example.com", "/"))));
    EXPECT_EQ(page.status, 403);
    EXPECT_THAT(page.body, testing::HasSubstr("<p class=\"status\">403</p>"));
    expect_nobody(check(forwarded("app.example.com", "/public/x")));
    EXPECT_EQ(check(with_cookie(bob_, forwarded("app.example.com", "/public/x")))["Remote-Email"], bob().email);
}

// F1: networks of rules hold for the client that trusted proxies name, and for nobody in its place.
TEST_F(forward_auth, client_networks) {
    const auto from = [&](const std::vector<std::string>& chain) {
        auto headers = forwarded("office.example.com", "/");
        headers.pop_back();
        for (const auto& line : chain)
            headers.emplace_back("X-Forwarded-For", line);
        return status(headers);
    };
    EXPECT_EQ(from({"192.0.2.9"}), 200);
    EXPECT_EQ(from({"192.0.2.9, 198.51.100.1"}), 200);
    EXPECT_EQ(from({"192.0.2.9", "198.51.100.1"}), 200);
    for (const auto& chain : std::vector<std::vector<std::string>>{{},
                                                                   {""},
                                                                   {"203.0.113.7"},
                                                                   {"192.0.2.9, 203.0.113.7"},
                                                                   {"192.0.2.9", "203.0.113.7"},
                                                                   {"192.0.2.9, unknown"},
                                                                   {"192.0.2.9,"},
                                                                   {"192.0.2.999"},
                                                                   {"192.0.2.9", "203.0.113.7", "198.51.100.1"}})
        EXPECT_EQ(from(chain), 401) << testing::PrintToString(chain);
}

// From the guarded page to the login page and back, following what the server says.
TEST_F(forward_auth, a_browser_comes_back_to_where_it_was) {
    for (const auto& [method, redirect] :
         {std::pair{"GET", 302}, {"HEAD", 302}, {"OPTIONS", 302}, {"POST", 303}, {"DELETE", 303}}) {
        SCOPED_TRACE(method);
        const auto sent = check(as_browser(forwarded("wiki.example.com", "/a/b%20c?d=e&f=%2F", method)));
        EXPECT_EQ(sent.status, redirect);
        expect_common_headers(sent);
        EXPECT_EQ(sent.body, "");
        const std::string original = "https://wiki.example.com/a/b%20c?d=e&f=%2F";
        EXPECT_EQ(sent["Location"], "https://auth.example.com/login?rd=" + percent_encode(original) + "&rm=" + method);
        const auto target = sent["Location"].substr(std::string("https://auth.example.com").size());
        const auto page = server().ask(get(target));
        EXPECT_EQ(page.status, 200);
        EXPECT_THAT(page.body, testing::HasSubstr("name=\"rd\""));
        EXPECT_EQ(server().ask(get(target, with_cookie(bob_)))["Location"], original) << "already signed in elsewhere";
        const auto wrong =
            server().ask(post_form("/login", {{"email", bob().email}, {"password", "wrong"}, {"rd", original}}));
        EXPECT_EQ(wrong.status, 401);
        EXPECT_THAT(wrong.body, testing::HasSubstr("name=\"rd\""));
        const auto done = server().ask(
            post_form("/login", {{"email", alice().email}, {"password", alice().password}, {"rd", original}}));
        EXPECT_EQ(done.status, 303);
        EXPECT_EQ(done["Location"], original);
        EXPECT_EQ(status(with_cookie(cookie_of(done), forwarded("wiki.example.com", "/a/b%20c?d=e&f=%2F", method))),
                  200);
    }
}

TEST_F(forward_auth, programs_and_scripts_get_401) {
    const auto plain = forwarded("app.example.com", "/x");
    expect_bare_refusal(check(plain), 401);
    auto script = as_browser(plain);
    script.emplace_back("X-Requested-With", "XMLHttpRequest");
    expect_bare_refusal(check(script), 401);
    auto fetch = plain;
    fetch.insert(fetch.end(), {{"Accept", "text/html"}, {"Sec-Fetch-Mode", "cors"}});
    expect_bare_refusal(check(fetch), 401);
    auto api = plain;
    api.emplace_back("Accept", "application/json, */*");
    expect_bare_refusal(check(api), 401);
}

// F2, F4: never a 2xx, never a way back to a place that nobody can tell.
TEST_F(forward_auth, a_doubtful_question_is_refused_and_logged) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> bad{
        {"X-Forwarded-Proto", {"", "ftp", "https, http"}},
        {"X-Forwarded-Host",
         {"", "app.example.com, evil.test", "u@app.example.com", "app..example.com", "app.example.com/x"}},
        {"X-Forwarded-Uri",
         {"", "x", "https://app.example.com/", "/a b", "/a#b", "/a\\b", "/../a", "/a/%2e%2e/b", "/%00", "/%zz",
          "/\xc3\xa9"}}};
    for (const auto& [name, values] : bad) {
        const auto good = forwarded("app.example.com", "/public/x");
        std::vector<header_list> questions;
        auto missing = good;
        std::erase_if(missing, [&, n = name](const auto& h) { return h.first == n; });
        questions.push_back(missing);
        auto twice = good;
        for (const auto& h : good)
            if (h.first == name)
                twice.push_back(h);
        questions.push_back(twice);
        for (const auto& value : values) {
            questions.push_back(missing);
            questions.back().emplace_back(name, value);
        }
        for (const auto& q : questions) {
            SCOPED_TRACE(name + ": " + testing::PrintToString(q.back()));
            expect_bare_refusal(check(as_browser(q)), 401);
            expect_bare_refusal(check(with_cookie(alice_, q)), 403);
        }
        std::string log;
        for (const deadline until; log.find(name) == log.npos && !until.passed();)
            for (const auto& line : server().log_lines())
                if (line.find("forwarded_url_refused") != line.npos)
                    log += line;
        EXPECT_THAT(log, testing::HasSubstr("\"header\":\"" + name + '"'));
    }
    expect_bare_refusal(check(with_cookie(alice_, forwarded("app.example.com", "/", "get"))), 403);
    expect_bare_refusal(check(with_cookie(alice_, {{"X-Original-URL", "https://app.example.com/"}})), 403);
}

// F1, GHSA-7x63-xv5r-3p2x
TEST_F(forward_auth, strangers_are_not_proxies) {
    const auto stranger = [&](const header_list& headers) {
        return server().connect({.from = "127.0.0.2"}).ask(get(endpoint, headers));
    };
    expect_bare_refusal(stranger(as_browser(forwarded("app.example.com", "/public/x"))), 401);
    expect_bare_refusal(stranger(with_cookie(alice_, forwarded("app.example.com", "/"))), 403);
}

// X3: what the question's own Host says is nothing.
TEST_F(forward_auth, no_url_from_host) {
    auto headers = as_browser(forwarded("app.example.com", "/x"));
    headers.emplace_back("Host", "evil.test");
    headers.emplace_back("Forwarded", "host=evil.test;proto=http");
    headers.emplace_back("X-Forwarded-Server", "evil.test");
    headers.emplace_back("X-Forwarded-Port", "6666");
    headers.emplace_back("X-Forwarded-Prefix", "/evil.test");
    const auto response = check(headers);
    EXPECT_EQ(response.status, 302);
    EXPECT_EQ(response["Location"],
              "https://auth.example.com/login?rd=" + percent_encode("https://app.example.com/x") + "&rm=GET");
}

// X1: the answer to a question is the same whichever site caused the request that is asked about.
TEST_F(forward_auth, other_sites_may_cause_a_question) {
    for (const char* method : {"POST", "DELETE"}) {
        auto headers = with_cookie(alice_, forwarded("app.example.com", "/x", method));
        headers.emplace_back("Origin", "https://evil.test");
        headers.emplace_back("Sec-Fetch-Site", "cross-site");
        EXPECT_EQ(server().ask({method, endpoint, headers, {}}).status, 200) << method;
    }
}

// H7: a body that came along is not read, and never run as a request.
TEST_F(forward_auth, bodies_are_left_unread) {
    auto client = server().connect();
    const http_request question{"POST", endpoint, with_cookie(alice_, forwarded("app.example.com", "/x", "POST")),
                                "GET /evil HTTP/1.1\r\nHost: x\r\n\r\n"};
    client.send(question.wire());
    const auto response = client.read_response();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response["Connection"], "close");
    EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(forward_auth, a_session_that_ended_is_refused_on_the_same_connection) {
    const auto cookie = server().login(bob());
    auto client = server().connect();
    const auto question = get(endpoint, with_cookie(cookie, forwarded("app.example.com", "/x")));
    EXPECT_EQ(client.ask(question).status, 200);
    EXPECT_EQ(server().ask({"POST", "/logout", with_cookie(cookie), {}}).status, 204);
    EXPECT_EQ(client.ask(question).status, 401);
}

// Rules change while the server runs, for the next question of a connection that is open.
TEST(forward_auth_reload, rules_are_live) {
    auto setup = guarded_sites();
    latchkey_server server(setup);
    auto client = server.connect();
    const auto question = get(endpoint, forwarded("app.example.com", "/public/x"));
    EXPECT_EQ(client.ask(question).status, 200);
    auto text = read_whole_file(server.config_file());
    const std::string allow = "methods = [\"GET\", \"HEAD\"], policy = \"allow\"";
    text.replace(text.find(allow), allow.size(), "policy = \"deny\"");
    write_file(server.config_file(), text);
    EXPECT_EQ(server.command({"config", "reload"}).status, 0);
    for (const deadline until; client.ask(question).status != 403 && !until.passed();) {
    }
    EXPECT_EQ(client.ask(question).status, 403);
}

// What Traefik 3, Caddy 2 and haproxy-auth-request send by their documentation and source.
TEST_F(forward_auth, the_words_of_each_proxy) {
    const std::vector<header_list> questions{
        {{"Host", "latchkey:9080"},
         {"User-Agent", "Mozilla/5.0"},
         {"Accept", "text/html"},
         {"Accept-Encoding", "gzip"},
         {"X-Forwarded-For", "203.0.113.7"},
         {"X-Forwarded-Host", "app.example.com"},
         {"X-Forwarded-Method", "GET"},
         {"X-Forwarded-Port", "443"},
         {"X-Forwarded-Proto", "https"},
         {"X-Forwarded-Server", "traefik"},
         {"X-Forwarded-Uri", "/x?y"},
         {"X-Real-Ip", "203.0.113.7"}},
        {{"Host", "127.0.0.1:9080"},
         {"User-Agent", "Mozilla/5.0"},
         {"Accept", "text/html"},
         {"X-Forwarded-For", "203.0.113.7"},
         {"X-Forwarded-Host", "app.example.com"},
         {"X-Forwarded-Method", "GET"},
         {"X-Forwarded-Proto", "https"},
         {"X-Forwarded-Uri", "/x?y"},
         {"Via", "2.0 Caddy"}},
        {{"host", "app.example.com"},
         {"accept", "text/html"},
         {"x-forwarded-for", "198.51.100.1"},
         {"x-forwarded-for", "203.0.113.7"},
         {"x-forwarded-proto", "https"},
         {"x-forwarded-host", "app.example.com"},
         {"x-forwarded-method", "GET"},
         {"x-forwarded-uri", "/x?y"}},
    };
    for (const auto& q : questions) {
        EXPECT_EQ(check(with_cookie(alice_, q))["Remote-Email"], alice().email);
        EXPECT_EQ(check(q)["Location"],
                  "https://auth.example.com/login?rd=" + percent_encode("https://app.example.com/x?y") + "&rm=GET");
    }
}

}  // namespace
}  // namespace latchkey::test
