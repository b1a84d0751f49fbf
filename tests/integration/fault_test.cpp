// D3: the disk fails at every single step of an act. The answer is an error, or the act holds even after a kill; and
// the server works again as soon as the disk does.
#include "bare_server.hpp"
#include "expectations.hpp"
#include "program_shim.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <thread>

#include <sqlite3.h>

namespace latchkey::test {
namespace {

constexpr std::uint32_t any_call = call_write | call_sync | call_truncate | call_open | call_read;
constexpr std::uint32_t most_steps = 200;

struct named_fault {
    const char* name;
    disk_fault how;
};

const std::vector<named_fault>& faults() {
    static const std::vector<named_fault> all{
        {"disk full", {call_write | call_truncate | call_open, ENOSPC, false, false}},
        {"disk full in the middle of a write", {call_write, ENOSPC, false, true}},
        {"disk stays full", {call_write | call_truncate | call_open, ENOSPC, true, true}},
        {"I/O error", {any_call, EIO, false, false}},
        {"I/O error at sync", {call_sync, EIO, false, false}},
        {"disk gone", {any_call, EIO, true, false}},
    };
    return all;
}

class fault : public testing::Test {
protected:
    void SetUp() override {
        if (const auto reason = program_shim::unusable(); !reason.empty())
            GTEST_SKIP() << reason;
        server_.start();
    }

    static server_setup setup() {
        server_setup out;
        out.start = false;
        out.config["log.level"] = "\"error\"";
        return out;
    }

    int status_of(const std::string& cookie) const {
        return home_.ask(get("/sessions/whoami", with_cookie(cookie))).status;
    }
    int log_out(const std::string& cookie) const {
        return home_.ask({"POST", "/logout", with_cookie(cookie), {}}).status;
    }

    // The same server, without a restart, after the fault: a login and a logout, which must also hold after the next
    // restart.
    void expect_recovery() {
        kept_ = home_.login(bob());
        ended_ = home_.login(bob());
        EXPECT_EQ(status_of(kept_), 200);
        EXPECT_EQ(log_out(ended_), 204);
        EXPECT_EQ(status_of(ended_), 401);
    }
    void restart() {
        server_.kill();
        server_.start();
        EXPECT_EQ(status_of(kept_), 200) << "logged in after the fault was over";
        EXPECT_EQ(status_of(ended_), 401) << "logged out after the fault was over";
        EXPECT_EQ(log_out(kept_), 204);
    }

    static bool is_success(const http_response& response) { return response.status / 100 == 2; }
    void expect_success_or_error(const http_response& response, const char* success) {
        if (is_success(response))
            ++successes_;
        else
            ++errors_;
        if (!is_success(response)) {
            expect_problem(response, 503, "store_unavailable");
            EXPECT_NE(response["Retry-After"], "") << success;
            EXPECT_EQ(response.count("Set-Cookie"), 0U) << "an error takes no cookie and gives none";
        }
    }

    // Runs `attempt` with its first, second, third… call failing, until none does.
    template <class Attempt>
    void at_every_step(Attempt attempt) {
        for (const auto& one : faults()) {
            const int errors_before = errors_;
            std::uint32_t n = 1;
            for (; n <= most_steps; ++n) {
                const testing::ScopedTrace trace(__FILE__, __LINE__,
                                                 std::string(one.name) + " at step " + std::to_string(n));
                attempt([&] { shim_.fail(one.how, n); });
                if (shim_.failed() == 0 || HasFailure())
                    break;
            }
            EXPECT_LT(n, most_steps) << one.name;
            EXPECT_GT(errors_, errors_before) << one.name << " was never noticed";
            std::cout << one.name << ": " << n - 1 << " steps\n";
        }
    }

    latchkey_server home_{setup()};
    program_shim shim_{home_.directory() / "latchkey.db"};
    bare_server server_{home_, shim_.environment()};
    std::string kept_, ended_;
    int successes_ = 0, errors_ = 0;
};

TEST_F(fault, at_every_step_of_a_login) {
    at_every_step([&](const auto& begin_fault) {
        begin_fault();
        const auto response = home_.ask(login_request(alice()));
        shim_.heal();
        expect_success_or_error(response, "login");
        const auto cookie = is_success(response) ? cookie_of(response) : "";
        if (!cookie.empty()) {
            EXPECT_EQ(status_of(cookie), 200);
        }
        expect_recovery();
        restart();
        if (!cookie.empty()) {
            EXPECT_EQ(status_of(cookie), 200) << "acknowledged, and lost";
        }
    });
}

TEST_F(fault, at_every_step_of_a_logout) {
    at_every_step([&](const auto& begin_fault) {
        const auto cookie = home_.login(alice());
        begin_fault();
        const auto response = home_.ask({"POST", "/logout", with_cookie(cookie), {}});
        const auto meanwhile = status_of(cookie);
        shim_.heal();
        expect_success_or_error(response, "logout");
        EXPECT_EQ(meanwhile, is_success(response) ? 401 : 200) << "a logout that failed has changed nothing";
        EXPECT_EQ(status_of(cookie), meanwhile);
        expect_recovery();
        restart();
        if (is_success(response)) {
            EXPECT_EQ(status_of(cookie), 401) << "logged out, and revived";
        }
        EXPECT_EQ(log_out(cookie), 204);
        EXPECT_EQ(status_of(cookie), 401);
    });
}

// After an error the old cookie goes on, or was rotated away and a repeated request succeeds. After a kill either may
// be so, and a client that has only the old cookie gets in.
TEST_F(fault, at_every_step_of_a_reauthentication) {
    at_every_step([&](const auto& begin_fault) {
        const auto cookie = home_.login(alice());
        const auto request =
            post_json("/sessions/reauthenticate", R"({"password":")" + alice().password + "\"}", with_cookie(cookie));
        const auto repeat = [&] {
            const auto again = home_.ask(request);
            EXPECT_EQ(again.status, 204) << "locked out by an error: " << again.body;
            return again.status == 204 ? cookie_of(again) : cookie;
        };
        begin_fault();
        const auto response = home_.ask(request);
        shim_.heal();
        expect_success_or_error(response, "reauthenticate");
        auto live = is_success(response) ? cookie_of(response) : status_of(cookie) == 200 ? cookie : repeat();
        EXPECT_EQ(status_of(live), 200);
        if (live != cookie) {
            EXPECT_EQ(status_of(cookie), 401);
        }
        expect_recovery();
        restart();
        if (live == cookie && status_of(cookie) == 401)
            live = repeat();
        EXPECT_EQ(status_of(live), 200);
        EXPECT_EQ(log_out(live), 204);
        EXPECT_EQ(status_of(live), 401);
    });
}

TEST_F(fault, at_every_step_of_a_password_change) {
    auto user = alice();
    int turn = 0;
    at_every_step([&](const auto& begin_fault) {
        const auto cookie = home_.login(user), other = home_.login(user);
        auto changed = user;
        changed.password = "late-Summer-rain-" + std::to_string(++turn);
        const auto body = nlohmann::json{{"current_password", user.password}, {"new_password", changed.password}};
        begin_fault();
        const auto response = home_.ask(post_json("/password", body.dump(), with_cookie(cookie)));
        shim_.heal();
        expect_success_or_error(response, "password");
        if (is_success(response)) {
            EXPECT_EQ(status_of(other), 401);
        }
        expect_recovery();
        restart();
        const auto fresh = home_.ask(login_request(changed)), old = home_.ask(login_request(user));
        EXPECT_NE(fresh.status, old.status) << "one password is in force";
        if (is_success(response)) {
            EXPECT_EQ(fresh.status, 200);
            EXPECT_EQ(status_of(cookie_of(response)), 200);
        }
        EXPECT_EQ(status_of(other), fresh.status == 200 ? 401 : 200) << "the others end with the old password";
        if (fresh.status == 200)
            user = changed;
        EXPECT_EQ(home_.ask({"DELETE", "/sessions?all=true", with_cookie(home_.login(user)), {}}).status, 200);
    });
}

// While it starts: it refuses with one sentence, or starts and is whole. Either way nothing is lost.
TEST_F(fault, at_every_step_of_a_start) {
    const auto alive = home_.login(alice()), dead = home_.login(alice());
    ASSERT_EQ(log_out(dead), 204);
    int refused = 0;
    for (const auto& one : faults())
        for (std::uint32_t n = 1; n <= most_steps; n += n < 20 ? 1 : 7) {
            const testing::ScopedTrace trace(__FILE__, __LINE__,
                                             std::string(one.name) + " at step " + std::to_string(n));
            server_.kill();
            shim_.fail(one.how, n);
            server_.launch();
            const bool started = server_.wait_until_ready();
            const bool met = shim_.failed() > 0;
            shim_.heal();
            if (!started) {
                ++refused;
                EXPECT_EQ(server_.wait(), 3);
                EXPECT_THAT(server_.complaints(), testing::ElementsAre(testing::HasSubstr("latchkey.db")));
                server_.start();
            }
            EXPECT_EQ(status_of(alive), 200);
            EXPECT_EQ(status_of(dead), 401);
            EXPECT_EQ(log_out(home_.login(bob())), 204);
            if (!met || HasFailure())
                break;
        }
    EXPECT_GT(refused, 0);
}

// Somebody else holds the database's write lock, longer than a writer waits.
class write_lock {
public:
    explicit write_lock(const std::string& path) {
        if (::sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK ||
            ::sqlite3_busy_timeout(db_, 5'000) != SQLITE_OK || !run("BEGIN IMMEDIATE"))
            throw std::runtime_error(std::string("cannot lock ") + path + ": " + ::sqlite3_errmsg(db_));
    }
    write_lock(const write_lock&) = delete;
    write_lock& operator=(const write_lock&) = delete;
    ~write_lock() {
        run("ROLLBACK");
        ::sqlite3_close(db_);
    }

private:
    bool run(const char* sql) { return ::sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK; }
    sqlite3* db_ = nullptr;
};

// No shim is needed for this one, so that it runs under the sanitizers too.
TEST(locked_database, changes_are_refused_and_checks_go_on) {
    server_setup setup;
    setup.config["log.level"] = "\"error\"";
    latchkey_server server(setup);
    const auto cookie = server.login(alice());
    http_response login, logout;
    {
        const write_lock held(server.directory() / "latchkey.db");
        std::thread one([&] { login = server.ask(login_request(alice())); });
        std::thread two([&] { logout = server.ask({"POST", "/logout", with_cookie(cookie), {}}); });
        int checks = 0;
        for (; checks < 50; ++checks)
            EXPECT_EQ(server.ask(get("/sessions/whoami", with_cookie(cookie))).status, 200);
        one.join();
        two.join();
    }
    expect_problem(login, 503, "store_unavailable");
    expect_problem(logout, 503, "store_unavailable");
    EXPECT_EQ(login.count("Set-Cookie"), 0U);
    EXPECT_EQ(logout.count("Set-Cookie"), 0U);
    EXPECT_EQ(server.ask(get("/sessions/whoami", with_cookie(cookie))).status, 200) << "nothing has changed";

    EXPECT_EQ(server.ask({"POST", "/logout", with_cookie(cookie), {}}).status, 204);
    const auto fresh = server.login(alice());
    server.kill();
    server.start();
    EXPECT_EQ(server.ask(get("/sessions/whoami", with_cookie(cookie))).status, 401);
    EXPECT_EQ(server.ask(get("/sessions/whoami", with_cookie(fresh))).status, 200);
}

}  // namespace
}  // namespace latchkey::test
