// The metrics of the real program: they move by exactly what was done, tell of nobody, and Prometheus' own tool likes
// them and the rules that go with them.
#include "admin_calls.hpp"
#include "child_process.hpp"
#include "redis_process.hpp"
#include "token_key.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;

using samples = std::map<std::string, double>;

// "name{labels}" to its value.
samples samples_in(const std::string& text) {
    samples out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        if (!line.empty() && line.front() != '#')
            out.emplace(line.substr(0, line.rfind(' ')), std::stod(line.substr(line.rfind(' ') + 1)));
    return out;
}

class metrics : public testing::Test {
protected:
    std::string text() const { return text_of(server_); }
    static std::string text_of(const latchkey_server& server) {
        const auto answer = ask_admin(server, "GET", "/metrics");
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer["Content-Type"], "text/plain; version=0.0.4; charset=utf-8");
        expect_common_headers(answer);
        return answer.body;
    }
    samples scrape() const { return samples_in(text()); }

    // What grew since `before`, by how much: counters alone, and neither times nor the scrape itself.
    std::map<std::string, int> grown_since(const samples& before) const {
        std::map<std::string, int> out;
        for (const auto& [name, value] : scrape()) {
            const auto old = before.contains(name) ? before.at(name) : 0;
            if (value > old && name.find("_total") != name.npos && !name.starts_with("process_") &&
                name.find("\"admin\"") == name.npos && name.find("\"metrics\"") == name.npos &&
                !name.starts_with("latchkey_pool_") && !name.starts_with("latchkey_throttle_"))
                out[name] = static_cast<int>(value - old);
        }
        return out;
    }

    static server_setup with_tokens(const std::string& key_file) {
        make_token_key(key_file);
        server_setup out;
        out.config["tokens.enabled"] = "true";
        out.config["tokens.key_file"] = '"' + key_file + '"';
        return out;
    }

    temp_dir keys_;
    latchkey_server server_{with_tokens(keys_ / "key.pem")};
};

const std::string check = "/api/authz/auth-request";
const header_list asked{{"X-Original-URL", "http://127.0.0.1/a"}, {"X-Original-Method", "GET"}};

// V6: no session for the checks of nobody, nor for attempts that fail.
TEST_F(metrics, move_by_exactly_what_was_done) {
    const auto started = [](const std::string& said) { return said.find("server_started") != said.npos; };
    ASSERT_TRUE(server_.process().wait_for_output(started)) << "it answers a moment before it has said so";
    const auto before = scrape();
    auto client = server_.connect();
    const auto in = client.ask(login_request(alice()));
    ASSERT_EQ(in.status, 200);
    const auto cookie = cookie_of(in);
    EXPECT_EQ(client.ask(post_json("/login", R"({"email":"alice@example.com","password":"x"})")).status, 401);
    EXPECT_EQ(client.ask(post_json("/login", R"({"email":"nobody@example.com","password":"x"})")).status, 401);
    EXPECT_EQ(client.ask(login_request(mallory())).status, 401);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(client.ask(get("/sessions/whoami", with_cookie(cookie))).status, 200);
    const auto once = client.ask(get(check, with_cookie(cookie, asked))).status;
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(client.ask(get(check, asked)).status, 401);
    EXPECT_EQ(client.ask({"POST", "/logout", with_cookie(cookie), {}}).status, 204);

    const std::string outcome = once == 200 ? "pass" : "forbid";
    const std::string its_class = once == 200 ? "2xx" : "4xx";
    std::map<std::string, int> expected{
        {R"(latchkey_logins_total{outcome="success"})", 1},
        {R"(latchkey_logins_total{outcome="invalid_credentials"})", 3},
        {R"(latchkey_account_events_total{event="logout",outcome="success"})", 1},
        {R"(latchkey_sessions_created_total)", 1},
        {R"(latchkey_sessions_ended_total{reason="signed_out"})", 1},
        {R"(latchkey_checks_total{adapter="auth_request",outcome=")" + outcome + "\"}", 1},
        {R"(latchkey_checks_total{adapter="auth_request",outcome="login"})", 2},
        {R"(latchkey_http_responses_total{route="login",status="2xx"})", 1},
        {R"(latchkey_http_responses_total{route="login",status="4xx"})", 3},
        {R"(latchkey_http_responses_total{route="session",status="2xx"})", 5},
        {R"(latchkey_http_responses_total{route="logout",status="2xx"})", 1},
        {R"(latchkey_http_responses_total{route="check",status="4xx"})", 2},
        {R"(latchkey_http_refusals_total{code="invalid_credentials"})", 3},
        {R"(latchkey_connections_accepted_total{site="public"})", 1},
    };
    expected[R"(latchkey_http_responses_total{route="check",status=")" + its_class + "\"}"] += 1;
    EXPECT_EQ(grown_since(before), expected);

    const auto now = scrape();
    const std::string commits = "latchkey_journal_commit_duration_seconds_count";
    EXPECT_EQ(now.at(commits), before.at(commits) + 2) << "the login's and the logout's";
    const std::string times = R"(latchkey_http_request_duration_seconds_count{route="login"})";
    EXPECT_EQ(now.at(times), before.at(times) + 4);
    EXPECT_EQ(now.at("latchkey_sessions_live"), 0);
    EXPECT_EQ(now.at(R"(latchkey_pool_run_seconds_count{pool="hash"})"),
              before.at(R"(latchkey_pool_run_seconds_count{pool="hash"})") + 4);
}

TEST_F(metrics, tell_why_sessions_ended) {
    const auto before = scrape();
    const auto cookie = server_.login(alice());
    server_.login(alice());
    EXPECT_EQ(server_.ask({"DELETE", "/sessions", with_cookie(cookie), {}}).status, 200);
    EXPECT_EQ(ask_admin(server_, "DELETE", path_of(server_, alice()) + "/sessions").status, 200);
    const auto now = scrape();
    EXPECT_EQ(now.at(R"(latchkey_sessions_ended_total{reason="revoked"})"),
              before.at(R"(latchkey_sessions_ended_total{reason="revoked"})") + 2);
    EXPECT_EQ(now.at("latchkey_sessions_live"), 0);
}

// A1
TEST_F(metrics, tell_of_nobody) {
    const std::string canary = "canary7f3a91";
    const auto cookie = server_.login(alice());
    server_.ask(post_json("/login", R"({"email":")" + canary + R"(@example.com","password":")" + canary + "\"}"));
    server_.ask(get("/" + canary, {{"X-Request-Id", canary}, {"User-Agent", canary}, {"Cookie", canary}}));
    server_.ask(get(check + "?" + canary, with_cookie(cookie, {{"X-Original-URL", "http://" + canary + "/"}})));
    server_.ask({canary, "/", {{"Host", canary}}, {}});
    const auto told = text();
    const auto me = json_of(server_.ask(get("/sessions/whoami", with_cookie(cookie))));
    for (const std::string& secret : {canary, cookie, alice().email, alice().password, std::string("127.0.0.1"),
                                      me.value("id", ""), me["user"].value("id", "")}) {
        ASSERT_FALSE(secret.empty());
        EXPECT_THAT(told, Not(HasSubstr(secret)));
    }
}

TEST_F(metrics, are_all_documented_and_all_there) {
    std::ifstream prose(LATCHKEY_SOURCE_DIR "/docs/metrics.md");
    std::set<std::string> documented, told;
    std::smatch found;
    const std::regex row(R"(\| `([a-z_]+)` \| [a-z]+ \|.*)");
    for (std::string line; std::getline(prose, line);)
        if (std::regex_match(line, found, row))
            documented.insert(found[1]);
    // Some are there only where sessions are in Redis.
    const redis_process redis;
    server_setup sharing;
    sharing.config["session.store"] = "\"redis\"";
    sharing.config["redis.url"] = '"' + redis.url() + '"';
    const latchkey_server shared(sharing);
    std::istringstream in(text() + text_of(shared));
    const std::regex type("# TYPE ([a-z_]+) .*");
    for (std::string line; std::getline(in, line);)
        if (std::regex_match(line, found, type))
            told.insert(found[1]);
    EXPECT_GT(told.size(), 30U);
    EXPECT_EQ(told, documented);
}

// Prometheus' own tool.
class promtool : public metrics {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(program))
            GTEST_SKIP() << "no promtool here";
    }
    static void expect_success(std::vector<std::string> words, std::string input = {}) {
        words.insert(words.begin(), program);
        child_options options;
        options.argv = std::move(words);
        options.input = std::move(input);
        options.directory = LATCHKEY_SOURCE_DIR "/config/prometheus";
        const auto ran = run_program(options);
        EXPECT_EQ(ran.status, 0) << ran.output << ran.errors;
    }
    static constexpr const char* program = "/usr/bin/promtool";
};

// Fails on bad names, missing help texts and units that are not base units, too.
TEST_F(promtool, likes_the_metrics) {
    server_.login(alice());
    expect_success({"check", "metrics"}, text());
}

TEST_F(promtool, likes_rules_and_configuration) {
    expect_success({"check", "rules", "latchkey.rules.yml"});
    expect_success({"check", "config", "prometheus.yml"});
    expect_success({"test", "rules", "latchkey.rules.test.yml"});
}

}  // namespace
}  // namespace latchkey::test
