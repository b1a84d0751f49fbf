// T3, with T1 and T2: a wall clock that steps by a day or a year, while the server runs or between two runs, makes no
// session immortal and ends none early. Time passes without being waited for: the shim moves the clocks.
#include "bare_server.hpp"
#include "expectations.hpp"
#include "program_shim.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace latchkey::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr seconds day = 24h, year = 365 * 24h;
constexpr seconds idle = 30min, absolute = 12h;
// What may be lost or gained: reading two clocks one after the other, at two starts; the test's own run time.
constexpr seconds slack = 10s;
// After a machine's restart only the last note of the wall clock says how old a session was before; it is taken once a
// minute.
constexpr seconds note_interval = 60s;

class clock_step : public testing::Test {
protected:
    void SetUp() override {
        if (const auto reason = program_shim::unusable(); !reason.empty())
            GTEST_SKIP() << reason;
        shim_.pass_time(day);  // so that the boot-time clock can be set back
        server_.start();
    }

    static server_setup setup() {
        server_setup out;
        out.start = false;
        out.config["log.level"] = "\"error\"";
        out.config["session.idle_timeout"] = "\"30m\"";
        out.config["session.absolute_timeout"] = "\"12h\"";
        out.config["session.max_per_user"] = "1000";
        return out;
    }

    int status_of(const std::string& cookie) const {
        return home_.ask(get("/sessions/whoami", with_cookie(cookie))).status;
    }
    std::string log_in() const { return home_.login(alice()); }

    // A session that nobody used since it was opened, `used` seconds ago: alive until its idle time-out, then dead.
    // Each look would count as use, so there are two of them.
    struct pair {
        std::string early, late;
    };
    pair open_pair() const { return {log_in(), log_in()}; }
    void expect_idle_end(const pair& sessions, seconds used, seconds more_slack = {}) {
        shim_.pass_time(idle - used - slack);
        EXPECT_EQ(status_of(sessions.early), 200) << "ended early";
        shim_.pass_time(2 * slack + more_slack);
        EXPECT_EQ(status_of(sessions.late), 401) << "lives too long";
    }
    // A session in constant use since it was opened `used` seconds ago.
    void expect_absolute_end(const std::string& cookie, seconds used, seconds more_slack = {}) {
        auto left = absolute - used - slack;
        for (; left > 20min; left -= 20min) {
            shim_.pass_time(20min);
            ASSERT_EQ(status_of(cookie), 200) << "ended early";
        }
        shim_.pass_time(left);
        ASSERT_EQ(status_of(cookie), 200) << "ended early";
        shim_.pass_time(2 * slack + more_slack);
        EXPECT_EQ(status_of(cookie), 401) << "lives too long";
    }

    latchkey_server home_{setup()};
    program_shim shim_{home_.directory() / "latchkey.db"};
    bare_server server_{home_, shim_.environment()};
};

TEST_F(clock_step, while_the_server_runs) {
    for (const auto step : {day, -day, year, -year}) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, std::to_string(step.count()) + " s");
        const auto sessions = open_pair();
        shim_.step_wall_clock(step);
        EXPECT_EQ(status_of(log_in()), 200);
        expect_idle_end(sessions, 0s);
        const auto used = log_in();
        shim_.step_wall_clock(-step);
        expect_absolute_end(used, 0s);
    }
}

// The same boot: a session's age is known to the second, whatever the wall clock says, after a clean end and a kill.
TEST_F(clock_step, between_two_runs) {
    bool clean = false;
    for (const auto step : {day, -day, year, -year}) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, std::to_string(step.count()) + " s");
        const auto sessions = open_pair();
        const auto used = log_in();
        shim_.pass_time(5min);
        if (clean = !clean; clean) {
            EXPECT_EQ(server_.stop(), 0);
        } else {
            server_.kill();
        }
        shim_.pass_time(5min);
        shim_.step_wall_clock(step);
        server_.start();
        EXPECT_EQ(status_of(used), 200);
        expect_idle_end(sessions, 10min);
        EXPECT_EQ(status_of(used), 200) << "it was used in between";
    }
}

TEST_F(clock_step, while_the_server_runs_and_then_it_is_killed) {
    for (const auto step : {day, -day, year, -year}) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, std::to_string(step.count()) + " s");
        const auto sessions = open_pair();
        shim_.step_wall_clock(step);
        const auto later = open_pair();
        server_.kill();
        server_.start();
        shim_.pass_time(10min);
        const auto latest = open_pair();
        expect_idle_end(sessions, 10min);
        EXPECT_EQ(status_of(later.late), 401);
        expect_idle_end(latest, idle - 10min + slack);
    }
}

TEST_F(clock_step, the_absolute_end_stays_over_many_restarts) {
    const auto used = log_in();
    const auto begun = std::chrono::steady_clock::now();
    seconds passed = 0s;
    const seconds steps[] = {day, -year, year, -day};
    for (int i = 0; passed + 25min < absolute - 1h; ++i) {
        shim_.pass_time(25min);
        passed += 25min;
        ASSERT_EQ(status_of(used), 200) << passed.count();
        EXPECT_EQ(server_.stop(), 0);
        shim_.step_wall_clock(steps[i % 4]);
        server_.start();
        ASSERT_EQ(status_of(used), 200) << passed.count();
    }
    const auto spent = std::chrono::duration_cast<seconds>(std::chrono::steady_clock::now() - begun);
    expect_absolute_end(used, passed + spent, 40s);
}

// Time while the server is down counts.
TEST_F(clock_step, time_passes_without_the_server) {
    const auto sessions = open_pair();
    server_.kill();
    shim_.pass_time(idle - slack);
    server_.start();
    EXPECT_EQ(status_of(sessions.early), 200);
    server_.kill();
    shim_.pass_time(2 * slack);
    server_.start();
    EXPECT_EQ(status_of(sessions.late), 401);
}

// Use that was not yet written down may be lost in a crash, but not by a clean end.
TEST_F(clock_step, use_survives_a_clean_end) {
    const auto used = log_in();
    for (int i = 0; i < 3; ++i) {
        shim_.pass_time(25min);
        ASSERT_EQ(status_of(used), 200);
        EXPECT_EQ(server_.stop(), 0);
        server_.start();
    }
    shim_.pass_time(25min);
    EXPECT_EQ(status_of(used), 200);
}

// The machine was started afresh: only the wall clock can say how long it was down.
TEST_F(clock_step, a_reboot_with_a_good_clock) {
    const auto sessions = open_pair();
    shim_.pass_time(10min);
    EXPECT_EQ(server_.stop(), 0);
    shim_.reboot(5min);
    server_.start();
    expect_idle_end(sessions, 15min);

    const auto late = log_in();
    EXPECT_EQ(server_.stop(), 0);
    shim_.reboot(idle + slack);
    server_.start();
    EXPECT_EQ(status_of(late), 401);
}

// And a wall clock that is far behind, as on a machine without a battery: nobody is logged out, and nobody lives for
// ever.
TEST_F(clock_step, a_reboot_with_a_clock_that_went_back) {
    for (const auto step : {-day, -year}) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, std::to_string(step.count()) + " s");
        const auto sessions = open_pair();
        const auto used = log_in();
        shim_.pass_time(10min);
        EXPECT_EQ(server_.stop(), 0);
        shim_.reboot(5min);
        shim_.step_wall_clock(step);
        server_.start();
        // Five minutes without a witness may be missing from their age, nothing else.
        EXPECT_EQ(status_of(used), 200);
        expect_idle_end(sessions, 10min, 5min + note_interval);
    }
}

// A clock that was wrong while sessions were opened, and is put right: they don't live a year longer.
TEST_F(clock_step, sessions_opened_under_a_wrong_clock) {
    for (const auto wrong : {year, -year}) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, std::to_string(wrong.count()) + " s");
        EXPECT_EQ(server_.stop(), 0);
        shim_.step_wall_clock(wrong);
        server_.start();
        const auto sessions = open_pair();
        EXPECT_EQ(server_.stop(), 0);
        shim_.step_wall_clock(-wrong);
        server_.start();
        expect_idle_end(sessions, 0s);
    }
}

}  // namespace
}  // namespace latchkey::test
