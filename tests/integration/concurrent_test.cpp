// Many clients at once.
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <set>
#include <thread>

namespace latchkey::test {
namespace {

server_setup two_cores() {
    server_setup setup;
    setup.config["session.max_per_user"] = "1000";
    return setup;
}

// Runs `work` on `n` threads; what one throws fails the test.
template <class Work>
void on_threads(int n, Work work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < n; ++i)
        threads.emplace_back([=] {
            try {
                work(i);
            } catch (const std::exception& error) {
                ADD_FAILURE() << "thread " << i << ": " << error.what();
            }
        });
    for (auto& thread : threads)
        thread.join();
}

class concurrent_stores : public testing::TestWithParam<const char*> {
protected:
    static server_setup setup() {
        auto out = two_cores();
        out.config["session.store"] = std::string(1, '"') + GetParam() + '"';
        return out;
    }
};

INSTANTIATE_TEST_SUITE_P(both, concurrent_stores, testing::Values("database", "memory"),
                         [](const auto& one) { return std::string(one.param); });

// V1: 64 connections hammer with a cookie while it is logged out. No request that begins after the logout's answer may
// succeed, on whatever connection and core, in either store.
TEST_P(concurrent_stores, nothing_passes_after_the_answer_to_a_logout) {
    latchkey_server server(setup());
    constexpr int threads = 8, connections = 8, rounds = 10;
    int before = 0;
    for (int round = 0; round < rounds; ++round) {
        const auto cookie = server.login(alice());
        std::atomic<bool> logged_out{false};
        std::atomic<int> passed_before{0}, passed_after{0}, refused_after{0};
        std::thread leave([&] {
            for (const deadline until; passed_before < 2 * threads * connections && !until.passed();)
                std::this_thread::yield();
            EXPECT_EQ(server.ask({"POST", "/logout", with_cookie(cookie), {}}).status, 204);
            logged_out = true;
        });
        on_threads(threads, [&](int) {
            std::vector<raw_client> clients;
            for (int i = 0; i < connections; ++i)
                clients.push_back(server.connect());
            const header_list headers = with_cookie(cookie, {{"X-Original-URL", "https://app.example.com/"}});
            for (int left = 4; left > 0;) {
                for (std::size_t i = 0; i < clients.size(); ++i) {
                    const bool after = logged_out;
                    const auto request =
                        i % 2 == 0 ? get("/api/authz/auth-request", headers) : get("/sessions/whoami", headers);
                    const auto status = clients[i].ask(request).status;
                    (!after ? passed_before : status == 200 ? passed_after : refused_after) += 1;
                    EXPECT_TRUE(status == 200 || status == 401) << status;
                }
                if (logged_out)
                    --left;
            }
        });
        leave.join();
        before += passed_before;
        EXPECT_EQ(passed_after, 0) << "round " << round;
        EXPECT_GE(refused_after, threads * connections) << "round " << round;
    }
    EXPECT_GT(before, 0);
}

// Everybody at everything: each thread's own session answers until its own logout, and never again.
TEST(concurrent, logins_checks_and_logouts_do_not_disturb_each_other) {
    latchkey_server server(two_cores());
    on_threads(8, [&](int n) {
        auto client = server.connect();
        const auto& user = n % 2 == 0 ? alice() : bob();
        for (int i = 0; i < 30; ++i) {
            const auto cookie = cookie_of(client.ask(login_request(user)));
            for (int k = 0; k < 5; ++k) {
                const auto who = client.ask(get("/sessions/whoami", with_cookie(cookie)));
                ASSERT_EQ(who.status, 200);
                ASSERT_EQ(json_of(who)["user"]["email"], user.email);
                const auto check = client.ask(get(
                    "/api/authz/auth-request", with_cookie(cookie, {{"X-Original-URL", "https://app.example.com/"}})));
                ASSERT_EQ(check.status, 200);
                ASSERT_EQ(check["Remote-Email"], user.email);
            }
            ASSERT_EQ(client.ask({"POST", "/logout", with_cookie(cookie), {}}).status, 204);
            ASSERT_EQ(client.ask(get("/sessions/whoami", with_cookie(cookie))).status, 401);
            if (i % 10 == 9)
                client = server.connect();
        }
    });
}

// One user's parallel logins: all succeed, all cookies differ, and the cap holds at the end.
TEST(concurrent, parallel_logins_of_one_user_respect_the_cap) {
    server_setup setup;
    setup.config["session.max_per_user"] = "5";
    latchkey_server server(setup);
    std::vector<std::vector<std::string>> cookies(8);
    on_threads(8, [&](int n) {
        auto client = server.connect();
        for (int i = 0; i < 20; ++i)
            cookies[static_cast<std::size_t>(n)].push_back(cookie_of(client.ask(login_request(alice()))));
    });
    std::set<std::string> different;
    int live = 0;
    for (const auto& some : cookies)
        for (const auto& cookie : some) {
            different.insert(cookie);
            live += server.ask(get("/sessions/whoami", with_cookie(cookie))).status == 200 ? 1 : 0;
        }
    EXPECT_EQ(different.size(), 160U);
    EXPECT_EQ(live, 5);
}

// The same logout many times at once: every answer is 204, and one audit event tells of it.
TEST(concurrent, one_session_is_logged_out_once) {
    latchkey_server server(two_cores());
    for (int round = 0; round < 5; ++round) {
        const auto cookie = server.login(alice());
        on_threads(8, [&](int) { EXPECT_EQ(server.ask({"POST", "/logout", with_cookie(cookie), {}}).status, 204); });
        EXPECT_EQ(server.ask(get("/sessions/whoami", with_cookie(cookie))).status, 401);
    }
    EXPECT_EQ(server.stop(), 0);
    int logouts = 0;
    for (const auto& line : server.log_lines())
        logouts += line.find("\"event\":\"logout\"") != std::string::npos ? 1 : 0;
    EXPECT_EQ(logouts, 5);
}

// Connections that come, break off anywhere and go, under load.
TEST(concurrent, clients_that_break_off_leave_nothing_behind) {
    latchkey_server server(two_cores());
    const auto login = login_request(alice()).wire();
    on_threads(6, [&](int n) {
        for (int i = 0; i < 100; ++i) {
            auto client = server.connect();
            client.send(
                std::string_view(login).substr(0, (static_cast<std::size_t>(i * 7 + n * 13) % login.size()) + 1));
            if (i % 3 == 0)
                client.finish_sending();
        }
    });
    EXPECT_EQ(server.ask(login_request(alice())).status, 200);
}

}  // namespace
}  // namespace latchkey::test
