// The sample configuration for nginx, served by a real nginx: F3, F4, F6, V1 as a guarded application sees them.
#include "cookie_jar.hpp"
#include "free_port.hpp"
#include "header_echo_upstream.hpp"
#include "latchkey_server.hpp"
#include "nginx_process.hpp"
#include "process_probe.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <thread>

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::vector<std::string> identity{"Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups",
                                        "Remote-Session"};

class nginx : public testing::Test {
protected:
    static void SetUpTestSuite() {
        if (!have_nginx())
            return;
        front_port_ = free_port();
        server_setup setup;
        setup.config["server.public_url"] = '"' + origin() + '"';
        setup.config["session.max_per_user"] = "1000";
        server_ = std::make_unique<latchkey_server>(setup);
        app_ = std::make_unique<header_echo_upstream>();
        nginx_ =
            std::make_unique<nginx_process>("config/nginx/latchkey.conf",
                                            std::vector<std::pair<std::string, std::string>>{
                                                {"127.0.0.1:9080", "127.0.0.1:" + std::to_string(server_->port())},
                                                {"127.0.0.1:8080", "127.0.0.1:" + std::to_string(app_->port())},
                                                {"listen 80;", "listen 127.0.0.1:" + std::to_string(front_port_) + ";"},
                                                {"server_name app.example.com;", "server_name 127.0.0.1;"},
                                            },
                                            front_port_);
    }
    static void TearDownTestSuite() {
        if (nginx_) {
            EXPECT_THAT(nginx_->error_log(), Not(testing::ContainsRegex("\\[(emerg|alert|crit)\\]")));
        }
        nginx_.reset();
        app_.reset();
        server_.reset();
    }
    void SetUp() override {
        if (!have_nginx())
            GTEST_SKIP() << "no nginx here";
        seen_before_ = app_->seen().size();
    }

    static std::string origin() { return "http://127.0.0.1:" + std::to_string(front_port_); }
    static latchkey_server& server() { return *server_; }
    static raw_client connect() { return nginx_->connect(); }
    // As a browser would: with the right Host.
    static http_request to_front(http_request request) {
        request.headers.emplace_back("Host", "127.0.0.1:" + std::to_string(front_port_));
        return request;
    }
    static http_response ask(http_request request) { return connect().ask(to_front(std::move(request))); }
    static std::string login(const test_user& user) { return cookie_of(ask(login_request(user))); }

    std::size_t reached_the_app() const { return app_->seen().size() - seen_before_; }
    static std::string last_seen() { return app_->seen().back(); }

private:
    inline static std::uint16_t front_port_ = 0;
    inline static std::unique_ptr<latchkey_server> server_;
    inline static std::unique_ptr<header_echo_upstream> app_;
    inline static std::unique_ptr<nginx_process> nginx_;
    std::size_t seen_before_ = 0;
};

// Every field of a request head whose name is `name`, underscores taken for hyphens as CGI does.
std::vector<std::string> fields(const std::string& request, const std::string& name) {
    std::vector<std::string> out;
    const auto end = request.find("\r\n\r\n");
    for (auto at = request.find("\r\n") + 2; at < end + 2;) {
        const auto stop = request.find("\r\n", at);
        auto line = request.substr(at, stop - at);
        at = stop + 2;
        auto key = line.substr(0, line.find(':'));
        for (auto& c : key)
            c = c == '_' ? '-' : c;
        if (iequals(key, name))
            out.push_back(line.substr(line.find(':') + 1));
    }
    for (auto& value : out)
        value.erase(0, value.find_first_not_of(' '));
    return out;
}

// nginx leaves out a field with an empty value: then there is none, and above all none of the client's.
std::vector<std::string> one_or_none(const std::string& value) {
    return value.empty() ? std::vector<std::string>{} : std::vector<std::string>{value};
}

void expect_identity(const std::string& request, const test_user& user, const nlohmann::json& session) {
    EXPECT_EQ(fields(request, "Remote-User"), one_or_none(session["user"]["id"]));
    EXPECT_EQ(fields(request, "Remote-Email"), one_or_none(user.email));
    EXPECT_EQ(fields(request, "Remote-Name"), one_or_none(user.name));
    EXPECT_EQ(fields(request, "Remote-Groups"), one_or_none(user.groups));
    EXPECT_EQ(fields(request, "Remote-Session"), one_or_none(session["id"]));
}

TEST_F(nginx, from_the_application_to_the_login_page_and_back) {
    const auto refused = ask(get("/private/page?a=b&c=d", {{"Remote-User", "root"}}));
    EXPECT_EQ(refused.status, 302);
    EXPECT_EQ(refused["Location"],
              origin() + "/login?rd=" + percent_encode(origin() + "/private/page?a=b&c=d") + "&rm=GET");
    EXPECT_EQ(reached_the_app(), 0U);

    const auto login_page = ask(get(refused["Location"].substr(origin().size())));
    EXPECT_EQ(login_page.status, 200);
    EXPECT_THAT(login_page.body, HasSubstr("/private/page?a="));

    const auto posted = ask(post_form(
        "/login",
        {{"email", alice().email}, {"password", alice().password}, {"rd", origin() + "/private/page?a=b&c=d"}},
        {{"Origin", origin()}, {"Sec-Fetch-Site", "same-origin"}}));
    EXPECT_EQ(posted.status, 303);
    EXPECT_EQ(posted["Location"], origin() + "/private/page?a=b&c=d");
    cookie_jar jar(origin());
    jar.take(posted);

    const auto page = ask(get("/private/page?a=b&c=d", {{"Cookie", jar.header()}}));
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.count("Set-Cookie"), 0U);
    EXPECT_THAT(page.body, StartsWith("GET /private/page?a=b&c=d HTTP/1.1\r\n"));
    const auto who = nlohmann::json::parse(ask(get("/sessions/whoami", {{"Cookie", jar.header()}})).body);
    EXPECT_EQ(who["device"]["ip"], "127.0.0.1");
    expect_identity(page.body, alice(), who);
}

// F6: however a client spells it, what it says of itself never arrives.
TEST_F(nginx, identity_sent_by_the_client_never_arrives) {
    const auto cookie = login(bob());  // no name, no groups: nothing of Latchkey's to overwrite the client's with
    const auto who = nlohmann::json::parse(ask(get("/sessions/whoami", with_cookie(cookie))).body);
    std::vector<header_list> attempts;
    for (const auto& name : identity) {
        std::string upper = name, lower = name, underscore = name, mixed = name;
        for (std::size_t i = 0; i < name.size(); ++i) {
            upper[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[i])));
            lower[i] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])));
            mixed[i] = i % 2 == 0 ? lower[i] : upper[i];
            underscore[i] = name[i] == '-' ? '_' : name[i];
        }
        for (const auto& spelling : {name, upper, lower, mixed, underscore})
            attempts.push_back({{spelling, "forged"}});
        attempts.push_back({{name, "forged"}, {name, "forged"}});
        attempts.push_back({{name, ""}, {underscore, "forged"}});
        attempts.push_back({{"Connection", name}, {name, "forged"}});
        attempts.push_back({{"Connection", "keep-alive, " + name}, {name, "forged"}});
        attempts.push_back({{"Connection", name}, {"Connection", "keep-alive"}, {name, "forged"}});
        attempts.push_back({{"Keep-Alive", name}, {"TE", "trailers"}, {"Trailer", name}, {name, "forged"}});
    }
    for (const auto& headers : attempts) {
        SCOPED_TRACE(headers.front().first + ": " + headers.front().second);
        const auto page = ask(get("/", with_cookie(cookie, headers)));
        EXPECT_EQ(page.status, 200);
        expect_identity(page.body, bob(), who);
        EXPECT_THAT(page.body, Not(HasSubstr("forged")));
        EXPECT_EQ(ask(get("/", headers)).status, 302);
    }
    EXPECT_EQ(reached_the_app(), attempts.size());

    // In trailers, which nginx drops.
    auto client = connect();
    client.send(
        "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: __Host-session=" + cookie +
        "\r\nTransfer-Encoding: chunked\r\nTrailer: Remote-Name\r\n\r\n1\r\nx\r\n0\r\nRemote-Name: forged\r\n\r\n");
    const auto page = client.read_response();
    EXPECT_EQ(page.status, 200);
    EXPECT_THAT(page.body, Not(HasSubstr("forged")));
}

// What the application has not got, it can't lose: the session cookie stays outside.
TEST_F(nginx, the_application_never_sees_the_session_cookie) {
    const auto cookie = login(alice());
    const auto mine = "__Host-session=" + cookie;
    for (const auto& field :
         {mine, "a=b; " + mine, mine + "; a=b", "a=b; " + mine + "; c=d", "a=b;" + mine + ";c=d", mine + "; " + mine,
          mine + ";" + mine, "a=b; " + mine + "; c=d; " + mine, mine + "; a=b; " + mine}) {
        SCOPED_TRACE(field);
        const auto page = ask(get("/", {{"Cookie", field}}));
        EXPECT_EQ(page.status, 200);
        EXPECT_THAT(page.body, Not(HasSubstr(cookie)));
        const bool once = field.find(mine) == field.rfind(mine);
        for (const std::string other : {"a=b", "c=d"})
            if (once && field.find(other) != std::string::npos) {
                EXPECT_THAT(page.body, HasSubstr(other));
            }
    }
    const auto page = ask(get("/", {{"Cookie", mine}, {"Cookie", "a=b"}}));
    EXPECT_THAT(page.body, Not(HasSubstr(cookie)));
    EXPECT_THAT(ask(get("/", with_cookie(cookie, {{"X-Other", "x"}}))).body, HasSubstr("X-Other: x"));
}

// V1
TEST_F(nginx, logout_is_effective_at_once) {
    for (int i = 0; i < 20; ++i) {
        const auto cookie = login(alice());
        auto client = connect();
        EXPECT_EQ(client.ask(to_front(get("/", with_cookie(cookie)))).status, 200);
        EXPECT_EQ(ask({"POST", "/logout", with_cookie(cookie), {}}).status, 204);
        EXPECT_EQ(client.ask(to_front(get("/", with_cookie(cookie)))).status, 302);
    }
    EXPECT_EQ(reached_the_app(), 20U);
}

TEST_F(nginx, methods_and_bodies_reach_the_application) {
    const auto cookie = login(alice());
    const auto bare = ask(head("/x", with_cookie(cookie)));
    EXPECT_EQ(bare.status, 200);
    EXPECT_EQ(bare.body, "");
    EXPECT_THAT(last_seen(), StartsWith("HEAD /x HTTP/1.1\r\n"));
    const std::string body(200'000, 'b');
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
        const auto page = ask({method, "/upload", with_cookie(cookie), body});
        EXPECT_EQ(page.status, 200);
        EXPECT_THAT(page.body, StartsWith(std::string(method) + " /upload HTTP/1.1\r\n"));
        EXPECT_THAT(page.body, testing::EndsWith(body));
        EXPECT_EQ(ask({method, "/upload", {}, "x"}).status, 302) << method << " without a session";
    }
}

// nginx sends what arrives chunked with its length: the front door's 411 is never met behind it.
TEST_F(nginx, chunked_clients_can_log_in) {
    const auto body = login_body(alice());
    auto client = connect();
    char size[16];
    std::snprintf(size, sizeof size, "%zx", body.size());
    client.send(
        "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: "
        "chunked\r\n\r\n" +
        std::string(size) + "\r\n" + body + "\r\n0\r\n\r\n");
    EXPECT_EQ(client.read_response().status, 200);
}

// Two people and nobody take turns on one connection of nginx's: nothing of one is left for the next.
TEST_F(nginx, many_requests_on_one_connection) {
    const auto of_alice = login(alice()), of_bob = login(bob());
    auto client = connect();
    for (int i = 0; i < 300; ++i) {
        const auto& user = i % 3 == 0 ? alice() : bob();
        const auto page =
            client.ask(to_front(get("/", i % 3 == 2 ? header_list{} : with_cookie(i % 3 == 0 ? of_alice : of_bob))));
        if (i % 3 == 2) {
            ASSERT_EQ(page.status, 302) << i;
            continue;
        }
        ASSERT_EQ(page.status, 200) << i;
        ASSERT_EQ(fields(page.body, "Remote-Email"), std::vector{user.email}) << i;
        ASSERT_EQ(fields(page.body, "Remote-Groups"), one_or_none(user.groups)) << i;
    }
    EXPECT_EQ(reached_the_app(), 200U);
}

// F4: however the place is written, nobody gets there without a session, nor to Latchkey's own question.
TEST_F(nginx, no_spelling_of_a_path_goes_round_the_check) {
    for (const std::string target : {"/",
                                     "//",
                                     "/.",
                                     "/x/..",
                                     "/login/../private",
                                     "/login/..%2fprivate",
                                     "/login%2f..%2fprivate",
                                     "/logout/../x",
                                     "/account/../../x",
                                     "/sessions/../x",
                                     "/assets/latchkey.css/../../x",
                                     "/assets/latchkey.cssx",
                                     "/loginx",
                                     "/Login",
                                     "/LOGIN",
                                     "/login%20x",
                                     "/x?/login",
                                     "/x#/login",
                                     "/%2e%2e/x",
                                     "/x;/login",
                                     "/x%00/login",
                                     "/private%3f/login",
                                     "/api/authz/auth-request",
                                     "/health/ready",
                                     "http://127.0.0.1/private",
                                     "http://127.0.0.1/login/../private",
                                     "/\xff",
                                     "/%ff",
                                     "/a\\b",
                                     "/login\\..\\x",
                                     "/@login",
                                     "/.well-known/x"}) {
        SCOPED_TRACE(testing::PrintToString(target));
        const auto response = ask(get(target, {{"X-Original-URL", origin() + "/login"}, {"X-Original-Method", "GET"}}));
        EXPECT_THAT((std::vector{302, 303, 400, 401, 403, 404, 405}), testing::Contains(response.status))
            << response.body;
    }
    EXPECT_EQ(reached_the_app(), 0U);
    const auto cookie = login(alice());
    EXPECT_EQ(ask(get("/latchkey/auth", with_cookie(cookie))).status, 404);
    EXPECT_EQ(ask(get("/latchkey/auth")).status, 404);
    // Signed in, what nginx can't describe unambiguously is refused, and the rest arrives as it was sent.
    for (const std::string target : {"/a%20b?c=%2f..", "/a//b", "/x;y=z", "/%C3%A9"}) {
        const auto page = ask(get(target, with_cookie(cookie)));
        EXPECT_EQ(page.status, 200) << target;
        EXPECT_THAT(page.body, StartsWith("GET " + target + " HTTP/1.1\r\n"));
    }
    EXPECT_EQ(ask(get("/\xff", with_cookie(cookie))).status, 403);
}

// The client's address as Latchkey learns it is nginx's word, not the client's.
TEST_F(nginx, the_client_cannot_choose_its_address) {
    const auto response = ask(login_request(
        alice(), {{"X-Forwarded-For", "203.0.113.9"}, {"X-Real-IP", "203.0.113.9"}, {"Forwarded", "for=203.0.113.9"}}));
    EXPECT_EQ(nlohmann::json::parse(response.body)["session"]["device"]["ip"], "127.0.0.1");
}

// F4: no doorkeeper, no entry. And when it is back, everybody is who they were.
TEST_F(nginx, nobody_enters_while_latchkey_is_away) {
    const auto cookie = login(alice());
    ASSERT_EQ(ask(get("/", with_cookie(cookie))).status, 200);
    const auto reached = reached_the_app();

    server().process().send_signal(SIGSTOP);  // there, but silent
    for (const deadline until; !is_stopped(server().process().pid()) && !until.passed();)
        std::this_thread::yield();
    EXPECT_GE(ask(get("/", with_cookie(cookie))).status, 500);
    server().process().send_signal(SIGCONT);
    EXPECT_EQ(server().ask(get("/health/ready")).status, 200);

    server().kill();
    for (int i = 0; i < 10; ++i) {
        const auto response = ask(get("/", with_cookie(cookie)));
        EXPECT_GE(response.status, 500);
        EXPECT_GE(ask(get("/")).status, 500);
        EXPECT_GE(ask(post_json("/x", "{}", with_cookie(cookie))).status, 500);
    }
    EXPECT_EQ(reached_the_app(), reached);

    server().start();
    int status = 0;
    for (const deadline until; status != 200 && !until.passed();)  // nginx tries a failed upstream again after a while
        status = ask(get("/", with_cookie(cookie))).status;
    EXPECT_EQ(status, 200) << "nobody is signed out by a crash";  // D1
}

}  // namespace
}  // namespace latchkey::test
