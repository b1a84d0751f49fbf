// D7: a new configuration for a running server: by SIGHUP, by POST /admin/reload, by `latchkey config reload`.
#include "admin_calls.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace latchkey::test {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;

// The configuration's text with `key = value` in `section`, in place of what was there.
std::string with_setting(const std::string& text, const std::string& section, const std::string& key,
                         const std::string& value) {
    std::string out;
    std::istringstream lines(text);
    bool inside = false, found = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('[')) {
            inside = line == '[' + section + ']';
            out += line + '\n';
            if (inside) {
                out += key + " = " + value + '\n';
                found = true;
            }
        } else if (!inside || !line.starts_with(key + " =")) {
            out += line + '\n';
        }
    }
    return found ? out : out + '[' + section + "]\n" + key + " = " + value + '\n';
}

class reload : public testing::Test {
protected:
    void set(const std::string& section, const std::string& key, const std::string& value) {
        write_file(server_.config_file(), with_setting(read_whole_file(server_.config_file()), section, key, value));
    }
    http_response ask() const { return ask_admin(server_, "POST", "/admin/reload"); }
    json expect_reload() const {
        const auto answer = ask();
        if (answer.status != 200)
            throw std::runtime_error("the reload was refused: " + answer.body);
        return json_of(answer);
    }
    bool wait_for_log(const std::string& event, int times = 1) {
        return server_.process().wait_for_output([&](const std::string& text) {
            int found = 0;
            for (auto at = text.find(event); at != std::string::npos; at = text.find(event, at + 1))
                ++found;
            return found >= times;
        });
    }
    int post_of(std::size_t bytes) const {
        return server_
            .ask(post_json("/login", R"({"email":"x@example.com","password":")" + std::string(bytes, 'x') + "\"}"))
            .status;
    }

    latchkey_server server_;
};

TEST_F(reload, limits_are_in_force_on_open_connections_too) {
    auto open = server_.connect();
    const auto request = get("/health/alive", {{"X-Padding", std::string(12'000, 'x')}});
    EXPECT_EQ(open.ask(request).status, 200);
    EXPECT_EQ(post_of(1'000), 401);
    set("limits", "body_bytes", "\"1KiB\"");
    set("limits", "header_bytes", "\"9KiB\"");
    const auto report = expect_reload();
    EXPECT_THAT(report["applied"].get<std::vector<std::string>>(),
                testing::UnorderedElementsAre("limits.body_bytes", "limits.header_bytes"));
    EXPECT_TRUE(report["needs_restart"].empty());
    EXPECT_EQ(post_of(1'000), 413);
    EXPECT_EQ(open.ask(request).status, 431);
    set("limits", "header_bytes", "\"64KiB\"");
    expect_reload();
    auto larger = server_.connect();
    EXPECT_EQ(larger.ask(get("/health/alive", {{"X-Padding", std::string(50'000, 'x')}})).status, 200);
    EXPECT_TRUE(expect_reload()["applied"].empty()) << "nothing changed since";
}

// The rules are swapped whole, also for connections that stay; a rule with a fault leaves the old ones in force.
TEST_F(reload, access_rules_count_from_the_next_request_on) {
    set("server", "trusted_proxies", R"(["127.0.0.1/32"])");
    set("access", "rules", R"([{domains = ["app.example.com"], paths = ["/public/*"], policy = "allow"}])");
    expect_reload();
    auto open = server_.connect();
    const auto status = [&](const std::string& path) {
        return open.ask(get("/api/authz/auth-request", {{"X-Original-URL", "https://app.example.com" + path}})).status;
    };
    EXPECT_EQ(status("/public/x"), 200);
    EXPECT_EQ(status("/press/x"), 401);

    set("access", "rules", R"([{paths = ["~ ("], policy = "allow"}])");
    const auto refused = ask();
    EXPECT_EQ(refused.status, 422);
    EXPECT_THAT(refused.body, HasSubstr("access.rules[1].paths"));
    EXPECT_EQ(status("/public/x"), 200);

    set("access", "rules", R"([{paths = ["~ ^/press/"], policy = "allow"}, {paths = ["/press/x"], policy = "deny"}])");
    const auto report = expect_reload();
    EXPECT_EQ(report["applied"], json::parse(R"(["access.rules"])"));
    EXPECT_THAT(report["warnings"].dump(), HasSubstr("access.rules[2]: can never match: rule 1"));
    EXPECT_EQ(status("/public/x"), 401);
    EXPECT_EQ(status("/press/x"), 200);
    EXPECT_EQ(status("/press%2Fx"), 401) << "one of its readings is not below /press/";

    set("access", "rules", R"([{policy = "deny"}])");
    expect_reload();
    EXPECT_EQ(status("/press/x"), 403);
}

TEST_F(reload, trusted_proxies_count_from_the_next_request_on) {
    auto open = server_.connect();
    const auto request = get("/health/alive", {{"X-Request-Id", "mine"}});
    EXPECT_EQ(open.ask(request)["X-Request-Id"], "mine");
    set("server", "trusted_proxies", R"(["192.0.2.1/32"])");
    EXPECT_THAT(expect_reload()["applied"].get<std::vector<std::string>>(), Contains("server.trusted_proxies"));
    for (int i = 0; i < 4; ++i)
        EXPECT_NE(server_.ask(request)["X-Request-Id"], "mine");
    EXPECT_NE(open.ask(request)["X-Request-Id"], "mine");
}

TEST_F(reload, origins_and_redirects) {
    const http_request logout{"POST", "/logout", {{"Origin", "https://other.example"}}, {}};
    EXPECT_EQ(server_.ask(logout).status, 403);
    set("server", "allowed_origins", R"(["https://other.example"])");
    set("redirect", "allowed_hosts", R"(["other.example:80"])");
    expect_reload();
    EXPECT_EQ(server_.ask(logout).status, 204);
    const auto login = server_.ask(post_json(
        "/login", json{{"email", bob().email}, {"password", bob().password}, {"rd", "http://other.example/a"}}.dump()));
    EXPECT_EQ(json_of(login)["redirect"], "http://other.example/a");
}

TEST_F(reload, session_limits) {
    const auto first = server_.login(alice());
    const auto second = server_.login(alice());
    set("session", "max_per_user", "1");
    EXPECT_THAT(expect_reload()["applied"].get<std::vector<std::string>>(), Contains("session.max_per_user"));
    const auto third = server_.login(alice());
    EXPECT_EQ(server_.ask(get("/sessions/whoami", with_cookie(first))).status, 401);
    EXPECT_EQ(server_.ask(get("/sessions/whoami", with_cookie(second))).status, 401);
    EXPECT_EQ(server_.ask(get("/sessions/whoami", with_cookie(third))).status, 200);
}

TEST_F(reload, log_level) {
    const auto cookie = server_.login(alice());
    const auto noisy = get("/api/authz/auth-request", with_cookie(cookie));  // a warning: no URL was forwarded
    EXPECT_EQ(server_.ask(noisy).status, 403);
    EXPECT_TRUE(wait_for_log("forwarded_url_refused", 1));
    set("log", "level", "\"error\"");
    EXPECT_THAT(expect_reload()["applied"].get<std::vector<std::string>>(), Contains("log.level"));
    EXPECT_EQ(server_.ask(noisy).status, 403);
    const auto last = server_.ask(login_request(bob()));  // audited at any level, and so the end of what to wait for
    EXPECT_TRUE(wait_for_log(last["X-Request-Id"]));
    const auto output = server_.output();
    EXPECT_EQ(output.find("forwarded_url_refused"), output.rfind("forwarded_url_refused")) << output;
    set("log", "level", "\"warn\"");
    expect_reload();
    EXPECT_EQ(server_.ask(noisy).status, 403);
    EXPECT_TRUE(wait_for_log("forwarded_url_refused", 2));
}

TEST_F(reload, what_needs_a_restart_is_named_and_left_alone) {
    const auto cookie = server_.login(alice());
    set("cookie", "name", "\"__Host-other\"");
    set("server", "listen", R"(["127.0.0.1:1"])");
    set("server", "public_url", "\"https://auth.example.com\"");
    set("limits", "body_bytes", "\"8KiB\"");
    const auto report = expect_reload();
    EXPECT_THAT(report["needs_restart"].get<std::vector<std::string>>(),
                testing::UnorderedElementsAre("cookie.name", "server.listen", "server.public_url"));
    EXPECT_THAT(report["applied"].get<std::vector<std::string>>(), testing::ElementsAre("limits.body_bytes"));
    EXPECT_EQ(server_.ask(get("/sessions/whoami", with_cookie(cookie))).status, 200);
    EXPECT_EQ(session_field(server_.ask(login_request(bob()))).rfind("__Host-session=", 0), 0U);
    EXPECT_TRUE(wait_for_log("cookie.name"));
}

// D7
TEST_F(reload, a_malformed_file_changes_nothing_and_says_so) {
    const auto good = read_whole_file(server_.config_file());
    const std::vector<std::string> bad{
        with_setting(with_setting(good, "limits", "body_bytes", "10"), "limits", "header_timeout", "\"soon\""),
        with_setting(good, "limits", "boddy_bytes", "10"), "[limits\nbody_bytes = 10\n", std::string("\0\xff", 2)};
    for (const auto& text : bad) {
        write_file(server_.config_file(), text);
        const auto refused = ask();
        expect_problem(refused, 422, "invalid_configuration");
        ASSERT_FALSE(json_of(refused)["faults"].empty());
        EXPECT_THAT(json_of(refused)["faults"][0].get<std::string>(), HasSubstr("latchkey.toml"));
        EXPECT_EQ(post_of(1'000), 401);
    }
    EXPECT_TRUE(wait_for_log("header_timeout")) << "the log says what is wrong";
    write_file(server_.config_file(), good);
    EXPECT_TRUE(expect_reload()["applied"].empty());
}

TEST_F(reload, sighup_does_the_same) {
    set("limits", "body_bytes", "\"1KiB\"");
    server_.process().send_signal(SIGHUP);
    EXPECT_TRUE(wait_for_log("limits.body_bytes"));
    for (const deadline until; post_of(1'000) != 413;)
        ASSERT_FALSE(until.passed());
    set("limits", "body_bytes", "\"much\"");
    server_.process().send_signal(SIGHUP);
    EXPECT_TRUE(wait_for_log("much"));
    EXPECT_EQ(post_of(1'000), 413) << "as before";
    EXPECT_EQ(post_of(100), 401);
    EXPECT_TRUE(server_.process().running());
}

TEST_F(reload, the_command_does_the_same) {
    set("limits", "body_bytes", "\"1KiB\"");
    const auto done = server_.command({"config", "reload"});
    EXPECT_EQ(done.status, 0) << done.errors;
    EXPECT_THAT(done.output, HasSubstr("limits.body_bytes"));
    EXPECT_EQ(post_of(1'000), 413);
    set("limits", "body_bytes", "\"much\"");
    EXPECT_NE(server_.command({"config", "reload"}).status, 0);
    EXPECT_EQ(post_of(1'000), 413);
}

// D7: reloads, good and bad ones, while clients are at work: every request is answered, on open and on new connections.
TEST_F(reload, drops_nobody_under_load) {
    const auto request =
        get("/sessions/whoami", with_cookie(server_.login(alice()), {{"X-Padding", std::string(3'000, 'x')}}));
    std::atomic<bool> over{false};
    std::atomic<int> answered{0}, wrong{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back([&, i] {
            try {
                auto kept = server_.connect();
                while (!over) {
                    wrong += kept.ask(request).status != 200;
                    if (i % 2 == 0)
                        wrong += server_.ask(request).status != 200;
                    ++answered;
                }
            } catch (const std::exception& e) {
                ++wrong;
                ADD_FAILURE() << e.what();
            }
        });
    const auto good = read_whole_file(server_.config_file());
    for (int round = 0; round < 30; ++round) {
        const int seen = answered;
        write_file(server_.config_file(),
                   round % 3 == 2
                       ? "nonsense"
                       : with_setting(with_setting(good, "limits", "header_bytes", round % 2 ? "9000" : "40000"),
                                      "server", "trusted_proxies", round % 2 ? "[]" : R"(["127.0.0.1/32"])"));
        const auto answer = ask();
        EXPECT_EQ(answer.status, round % 3 == 2 ? 422 : 200) << answer.body;
        for (const deadline until; answered < seen + 20 && wrong == 0 && !until.passed();)
            std::this_thread::yield();
    }
    over = true;
    for (auto& client : clients)
        client.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_GE(answered, 600);
}

}  // namespace
}  // namespace latchkey::test
