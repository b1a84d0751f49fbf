// What administrators do is in force before they are told so: sessions have ended, profiles have changed (V3).
#include "admin_calls.hpp"
#include "redis_process.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace latchkey::test {
namespace {

using nlohmann::json;

// With every store: what is promised does not depend on where sessions are kept.
class admin_effect : public testing::TestWithParam<std::string> {
protected:
    admin_effect() {
        server_setup setup;
        setup.config["session.store"] = '"' + GetParam() + '"';
        if (GetParam() == "redis") {
            redis_ = std::make_unique<redis_process>(durable_redis());
            setup.config["redis.url"] = '"' + redis_->url() + '"';
        }
        server_ = std::make_unique<latchkey_server>(setup);
    }

    http_response ask(std::string method, std::string target, std::string body = {}) const {
        return ask_admin(*server_, std::move(method), std::move(target), std::move(body));
    }
    http_response check(const std::string& cookie) const {
        return server_->ask(
            get("/api/authz/auth-request", with_cookie(cookie, {{"X-Original-URL", "https://app.example.com/"}})));
    }
    std::vector<std::string> log_in(const test_user& user, int times) const {
        std::vector<std::string> cookies;
        for (int i = 0; i < times; ++i)
            cookies.push_back(server_->login(user));
        return cookies;
    }
    void expect_status(const std::vector<std::string>& cookies, int status) const {
        for (const auto& cookie : cookies)
            EXPECT_EQ(check(cookie).status, status);
    }
    // True once an audit event of this request is in the log (A3).
    bool is_audited(const http_response& answer) const {
        return server_->process().wait_for_output([&](const std::string& text) {
            const auto id = text.find(answer["X-Request-Id"]);
            if (id == std::string::npos)
                return false;
            const auto begin = text.rfind('\n', id) + 1;
            return text.substr(begin, text.find('\n', id) - begin).find("\"audit\":true") != std::string::npos;
        });
    }

    std::unique_ptr<redis_process> redis_;
    std::unique_ptr<latchkey_server> server_;
};

INSTANTIATE_TEST_SUITE_P(stores, admin_effect, testing::Values("database", "memory", "redis"),
                         [](const auto& store) { return store.param; });

// V3
TEST_P(admin_effect, disabling_ends_every_session_and_enabling_revives_none) {
    const auto sessions = log_in(alice(), 3);
    const auto others = log_in(bob(), 1);
    const auto path = path_of(*server_, alice());
    const auto disabled = ask("PATCH", path, R"({"disabled":true})");
    ASSERT_EQ(disabled.status, 200);
    EXPECT_EQ(json_of(disabled)["disabled"], true);
    expect_status(sessions, 401);
    expect_status(others, 200);
    expect_problem(server_->ask(login_request(alice())), 401, "invalid_credentials");
    EXPECT_TRUE(is_audited(disabled));

    EXPECT_EQ(ask("PATCH", path, R"({"disabled":false})").status, 200);
    expect_status(sessions, 401);
    EXPECT_EQ(server_->ask(login_request(alice())).status, 200);
}

// V3 (authentik CVE-2025-29928)
TEST_P(admin_effect, deleting_ends_every_session) {
    const auto sessions = log_in(alice(), 3);
    const auto others = log_in(bob(), 1);
    const auto deleted = ask("DELETE", path_of(*server_, alice()));
    EXPECT_EQ(deleted.status, 204);
    expect_status(sessions, 401);
    expect_status(others, 200);
    expect_problem(server_->ask(login_request(alice())), 401, "invalid_credentials");
    EXPECT_TRUE(is_audited(deleted));
}

// V3
TEST_P(admin_effect, a_new_password_ends_every_session) {
    const auto sessions = log_in(alice(), 3);
    const auto changed = ask("PATCH", path_of(*server_, alice()), R"({"password":"another-Sort-of-word"})");
    EXPECT_EQ(changed.status, 200);
    expect_status(sessions, 401);
    expect_problem(server_->ask(login_request(alice())), 401, "invalid_credentials");
    EXPECT_EQ(server_->ask(login_request({alice().email, "another-Sort-of-word", "", ""})).status, 200);
    EXPECT_TRUE(is_audited(changed));
    EXPECT_EQ(server_->output().find("another-Sort-of-word"), std::string::npos) << "A1";
}

// V3
TEST_P(admin_effect, sessions_are_revoked_one_by_one_and_all_at_once) {
    const auto sessions = log_in(alice(), 3);
    const auto others = log_in(bob(), 2);
    const auto path = path_of(*server_, alice());
    const auto id = json_of(server_->ask(get("/sessions/whoami", with_cookie(sessions[1])))).value("id", "");
    const auto one = ask("DELETE", "/admin/sessions/" + id);
    EXPECT_EQ(one.status, 204);
    EXPECT_EQ(check(sessions[1]).status, 401);
    EXPECT_EQ(check(sessions[0]).status, 200);
    EXPECT_EQ(check(sessions[2]).status, 200);
    EXPECT_TRUE(is_audited(one));
    expect_problem(ask("DELETE", "/admin/sessions/" + id), 404, "not_found");

    const auto listed = json_of(ask("GET", path + "/sessions"));
    ASSERT_EQ(listed["sessions"].size(), 2U);
    for (const auto& session : listed["sessions"]) {
        EXPECT_EQ(session["current"], false);
        EXPECT_EQ(session["user"]["email"], alice().email);
        EXPECT_NE(session["id"], id);
    }
    const auto all = ask("DELETE", path + "/sessions");
    EXPECT_EQ(json_of(all), (json{{"revoked", 2}}));
    expect_status(sessions, 401);
    expect_status(others, 200);
    EXPECT_TRUE(is_audited(all));
    EXPECT_EQ(json_of(ask("DELETE", path + "/sessions")), (json{{"revoked", 0}}));
    EXPECT_EQ(json_of(ask("GET", "/admin/sessions"))["sessions"].size(), 2U);
}

TEST_P(admin_effect, a_changed_profile_shows_at_the_next_check) {
    const auto cookie = server_->login(alice());
    const auto path = path_of(*server_, alice());
    ASSERT_EQ(check(cookie)["Remote-Groups"], alice().groups);
    const auto changed = ask("PATCH", path, R"({"name":"Alice B.","groups":["staff"],"email":"alice.b@example.com"})");
    ASSERT_EQ(changed.status, 200);
    for (int i = 0; i < 8; ++i) {  // on whatever core
        const auto now = check(cookie);
        EXPECT_EQ(now.status, 200) << "a profile is no reason to log in again";
        EXPECT_EQ(now["Remote-Name"], "Alice B.");
        EXPECT_EQ(now["Remote-Groups"], "staff");
        EXPECT_EQ(now["Remote-Email"], "alice.b@example.com");
    }
    EXPECT_EQ(json_of(server_->ask(get("/sessions/whoami", with_cookie(cookie))))["user"]["name"], "Alice B.");
    EXPECT_TRUE(is_audited(changed));
}

// V3: while 16 connections hammer with the cookie and new logins come in, nothing passes that began after the answer.
TEST_P(admin_effect, nothing_passes_after_the_answer_under_load) {
    const auto path = path_of(*server_, alice());
    for (int round = 0; round < 5; ++round) {
        ASSERT_EQ(ask("PATCH", path, R"({"disabled":false})").status, 200);
        const auto cookie = server_->login(alice());
        std::atomic<bool> over{false};
        std::atomic<int> before{0}, after{0}, logins_after{0};
        std::vector<std::thread> clients;
        for (int i = 0; i < 4; ++i)
            clients.emplace_back([&] {
                const auto request = get("/sessions/whoami", with_cookie(cookie));
                std::vector<raw_client> connections;
                for (int c = 0; c < 4; ++c)
                    connections.push_back(server_->connect());
                for (int left = 3; left > 0;) {
                    const bool late = over;
                    for (auto& client : connections)
                        if (client.ask(request).status == 200)
                            ++(late ? after : before);
                    left -= late ? 1 : 0;
                }
            });
        clients.emplace_back([&] {
            for (int left = 3; left > 0;) {
                const bool late = over;
                const auto answer = server_->ask(login_request(alice()));
                const bool opened = answer.status == 200 && check(cookie_of(answer)).status == 200;
                logins_after += late && opened ? 1 : 0;
                left -= late ? 1 : 0;
            }
        });
        for (const deadline until; before < 50 && !until.passed();)
            std::this_thread::yield();
        EXPECT_EQ(ask("PATCH", path, R"({"disabled":true})").status, 200);
        over = true;
        for (auto& client : clients)
            client.join();
        EXPECT_EQ(after, 0);
        EXPECT_EQ(logins_after, 0);
        EXPECT_EQ(json_of(ask("GET", path + "/sessions"))["sessions"].size(), 0U) << "of a login in between";
    }
}

// V4
TEST(admin_effect_kept, what_was_ended_stays_so_after_a_crash) {
    latchkey_server server;
    const auto mine = server.login(alice());
    const auto other = server.login(bob());
    EXPECT_EQ(ask_admin(server, "PATCH", path_of(server, alice()), R"({"disabled":true})").status, 200);
    EXPECT_EQ(ask_admin(server, "PATCH", path_of(server, bob()), R"({"name":"Robert"})").status, 200);
    server.kill();
    server.start();
    EXPECT_EQ(server.ask(get("/sessions/whoami", with_cookie(mine))).status, 401);
    EXPECT_EQ(server.ask(login_request(alice())).status, 401);
    const auto who = server.ask(get("/sessions/whoami", with_cookie(other)));
    EXPECT_EQ(who.status, 200);
    EXPECT_EQ(json_of(who)["user"]["name"], "Robert");
}

}  // namespace
}  // namespace latchkey::test
