// T3: stored sessions keep their age, however the wall clock is set between two runs of the server.
#include "journal_fixture.hpp"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr seconds a_day{86'400};
constexpr seconds a_year = 365 * a_day;

class session_ages : public journal_fixture {
protected:
    // The wall clock is set while the server is down, and `down` goes by.
    void set_wall_clock(seconds by, seconds down = seconds{0}) {
        journal.reset();
        clock.advance(by + down);
        line.origin += by.count();
    }
    // A reboot that takes `down`, with a wall clock that says so or not.
    void reboot(seconds down, seconds wrong = seconds{0}) {
        journal.reset();
        clock.advance(down + wrong);
        line = {line.boot + "'", clock.now().time_since_epoch().count() - 60};
    }
};

// T3: a wall clock that was set while the server was down changes no age.
TEST_F(session_ages, ages_are_exact_within_a_boot) {
    for (const seconds step : {-a_year, a_day, seconds{-3600}, -a_day, seconds{3}, a_year + a_year}) {
        execute("DELETE FROM sessions");
        begin_sessions(1, 1);
        clock.advance(seconds{50});
        ASSERT_TRUE(commit(rotate(1, 1, 2)));
        set_wall_clock(step, seconds{20});
        const auto found = load();
        ASSERT_THAT(found, SizeIs(1)) << step.count();
        const journal_entry& kept = found[0].entry;
        EXPECT_EQ(clock.now() - kept.created_at, seconds{70});
        EXPECT_EQ(clock.now() - kept.last_seen_at, seconds{20});
        EXPECT_EQ(clock.now() - kept.authenticated_at, seconds{20});
        EXPECT_EQ(clock.now() - kept.rotated_at, seconds{20});
        EXPECT_EQ(kept.expires_at - kept.created_at, options.absolute_timeout);
        EXPECT_THAT(log.text(), HasSubstr("session_times_moved seconds=" + std::to_string(step.count())));
        // In the database too, once and for all.
        EXPECT_EQ(load().at(0).entry.created_at, kept.created_at);
        EXPECT_EQ(clock.now() - time_point{seconds{number("SELECT created_at FROM sessions")}}, seconds{70});
    }
}

TEST_F(session_ages, a_step_makes_no_session_immortal_and_ends_none_early) {
    begin_sessions(1, 1);
    set_wall_clock(-a_year, options.idle_timeout - seconds{1});
    EXPECT_THAT(load(), SizeIs(1));
    set_wall_clock(a_year + a_day, seconds{0});
    EXPECT_THAT(load(), SizeIs(1));
    set_wall_clock(-a_year, seconds{1});
    EXPECT_THAT(load(), IsEmpty());
}

// Steps too small to act on don't add up unseen.
TEST_F(session_ages, small_steps_are_not_lost) {
    begin_sessions(1, 1);
    for (int n = 0; n < 30; ++n) {
        set_wall_clock(seconds{-2}, seconds{2});
        load();
    }
    const auto found = load();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_LE(std::chrono::abs(clock.now() - found[0].entry.created_at - seconds{60}), seconds{2});
}

TEST_F(session_ages, after_a_reboot_the_wall_clock_is_believed_when_it_goes_forward) {
    begin_sessions(1, 1);
    reboot(seconds{100});
    EXPECT_EQ(clock.now() - load().at(0).entry.created_at, seconds{100});
    EXPECT_THAT(log.text(), Not(HasSubstr("moved")));
    reboot(seconds{100}, a_day);
    EXPECT_THAT(load(), IsEmpty());
}

TEST_F(session_ages, after_a_reboot_no_session_is_younger) {
    begin_sessions(1, 1);
    clock.advance(seconds{600});
    journal->stop();  // notes the last second
    reboot(seconds{100}, -a_year);
    auto found = load();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(clock.now() - found[0].entry.created_at, seconds{600});  // how long it was off, nobody knows
    EXPECT_EQ(found[0].entry.expires_at - found[0].entry.created_at, options.absolute_timeout);
    set_wall_clock(a_year, options.idle_timeout - seconds{601});  // somebody sets it right
    EXPECT_THAT(load(), SizeIs(1));
    clock.advance(seconds{1});
    EXPECT_THAT(load(), IsEmpty());
}

// The last second is noted along the way: with a change, once a minute.
TEST_F(session_ages, the_last_second_is_renewed) {
    const auto last = [&] { return number("SELECT last_second FROM session_time_line"); };
    const long long start = clock.now().time_since_epoch().count();
    EXPECT_EQ(last(), start);
    clock.advance(seconds{59});
    begin_sessions(1, 1);
    EXPECT_EQ(last(), start);
    clock.advance(seconds{1});
    begin_sessions(2, 2);
    EXPECT_EQ(last(), start + 60);
    clock.advance(seconds{7});
    journal->stop();
    EXPECT_EQ(last(), start + 67);
}

TEST_F(session_ages, without_a_time_line_times_stay) {
    begin_sessions(1, 1);
    journal.reset();
    execute("DELETE FROM session_time_line");
    line = {"other", 0};
    EXPECT_EQ(load().at(0).entry.created_at, clock.now());
}

}  // namespace
}  // namespace latchkey::testing
