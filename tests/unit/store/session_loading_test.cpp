// V4, T1: which stored sessions go on at a start, and as what.
#include "journal_fixture.hpp"

namespace latchkey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string remote_user(const profile_ptr& user) {
    std::string who;
    user->append_remote_user(who);
    return who;
}

constexpr seconds day{86'400};
constexpr seconds year = 365 * day;

class session_loading : public journal_fixture {
protected:
    // What one finds who sets column `what` of session 1.
    std::vector<loaded_session> after(const std::string& what, bool remembered = false) {
        execute("DELETE FROM sessions");
        begin_sessions(1, 1, alice, remembered);
        begin_sessions(2, 2);
        execute("UPDATE sessions SET " + what + " WHERE id = '" + id_of(1).str() + "'");
        return load();
    }
    std::string at(seconds offset) const { return std::to_string((clock.now() + offset).time_since_epoch().count()); }
};

TEST_F(session_loading, gives_them_oldest_first_with_one_picture_for_each_user) {
    for (std::uint32_t n = 9; n >= 1; --n) {
        ASSERT_TRUE(commit(begin(entry(n, n % 2 == 0 ? alice : bob))));
        clock.advance(seconds{1});
    }
    ASSERT_TRUE(commit(end(5)));
    const auto found = load();
    EXPECT_THAT(ids(found),
                ElementsAre(id_of(9), id_of(8), id_of(7), id_of(6), id_of(4), id_of(3), id_of(2), id_of(1)));
    for (const auto& one : found) {
        EXPECT_EQ(one.user->id, one.entry.user);
        EXPECT_EQ(one.user, (one.entry.user == id_of(alice) ? found[1] : found[0]).user);
        EXPECT_EQ(remote_user(one.user), one.entry.user.str());
    }
}

TEST_F(session_loading, shows_the_email_as_the_user_when_told_so) {
    begin_sessions(1, 1);
    journal.reset();
    journal = make_sql_session_journal(open(file()), options, clock, line, true, log);
    profile_ptr user;
    journal->load([&](const journal_entry&, const profile_ptr& u) { user = u; });
    EXPECT_TRUE(remote_user(user).starts_with('u')) << remote_user(user);
}

// T1, T4: dead from the second of its expiry on.
TEST_F(session_loading, forgets_what_expired) {
    begin_sessions(1, 1);
    begin_sessions(2, 2, alice, true);
    clock.advance(options.idle_timeout - seconds{1});
    EXPECT_THAT(load(), SizeIs(2));
    clock.advance(seconds{1});
    EXPECT_THAT(ids(load()), ElementsAre(id_of(2)));
    journal->stop();
    EXPECT_EQ(rows(), 1);
    clock.advance(options.remembered_idle_timeout - options.idle_timeout - seconds{1});
    EXPECT_THAT(load(), SizeIs(1));
    clock.advance(seconds{1});
    EXPECT_THAT(load(), IsEmpty());
    journal->stop();
    EXPECT_EQ(rows(), 0);
    EXPECT_EQ(log.text(), "");
}

TEST_F(session_loading, forgets_what_ended_absolutely) {
    begin_sessions(1, 1);
    const time_point last = clock.now() + options.absolute_timeout - seconds{1};
    while (clock.now() < last) {
        clock.advance(std::min(options.idle_timeout - seconds{1}, last - clock.now()));
        journal->note_later({{id_of(1), clock.now()}});
        journal->stop();
        ASSERT_THAT(load(), SizeIs(1));
    }
    clock.advance(seconds{1});
    EXPECT_THAT(load(), IsEmpty());
}

// V4: what was dead by the limits of the run before is dead by any others, at once or later.
TEST_F(session_loading, longer_limits_revive_nothing) {
    begin_sessions(1, 1);
    begin_sessions(2, 2, alice, true);
    clock.advance(options.idle_timeout);
    begin_sessions(3, 3);
    options.idle_timeout *= 3;
    options.remembered_idle_timeout *= 3;
    EXPECT_THAT(ids(load()), ElementsAre(id_of(2), id_of(3)));
    load();  // the longer ones are those of the run before now, if all dead ones have gone
    clock.advance(options.idle_timeout - seconds{1});
    EXPECT_THAT(ids(load()), ElementsAre(id_of(2), id_of(3)));
}

// V4: also when the server dies before it has forgotten the last of them, and the limits change yet again.
TEST_F(session_loading, what_expired_stays_dead_though_its_row_remains) {
    begin_sessions(1, 1);
    clock.advance(options.idle_timeout / 2);
    begin_sessions(2, 2);
    const seconds long_ones = options.idle_timeout * 10;
    options.idle_timeout /= 2;
    execute("CREATE TRIGGER t BEFORE DELETE ON sessions BEGIN SELECT RAISE(FAIL, 'no'); END");
    EXPECT_THAT(ids(load()), ElementsAre(id_of(2)));
    EXPECT_EQ(rows(), 2);
    options.idle_timeout = long_ones;
    EXPECT_THAT(ids(load()), ElementsAre(id_of(2)));
    journal.reset();
    EXPECT_EQ(rows(), 2);
    execute("DROP TRIGGER t");
    EXPECT_THAT(ids(load()), ElementsAre(id_of(2)));
    journal->stop();
    EXPECT_EQ(rows(), 1);
    clock.advance(long_ones - seconds{1});
    EXPECT_THAT(ids(load()), ElementsAre(id_of(2)));  // the long ones are in force
}

// V4: what a reload of the configuration made of the limits counts at the next start.
TEST_F(session_loading, limits_of_a_reload_count) {
    begin_sessions(1, 2);
    session_options reloaded = options;
    reloaded.idle_timeout = seconds{100};
    journal->configure(reloaded);
    journal->stop();
    clock.advance(seconds{100});
    EXPECT_THAT(load(), IsEmpty());

    begin_sessions(3, 4);
    clock.advance(options.idle_timeout);
    journal->forget_later({id_of(3), id_of(4)});  // as the table does, then
    reloaded.idle_timeout = options.idle_timeout * 5;
    journal->configure(reloaded);
    begin_sessions(5, 5);
    journal->stop();
    clock.advance(options.idle_timeout);
    options = reloaded;
    EXPECT_THAT(ids(load()), ElementsAre(id_of(5)));
}

// V4: longer limits wait until the last of what died by the shorter ones was forgotten.
TEST_F(session_loading, limits_of_a_reload_wait_for_the_dead) {
    begin_sessions(1, 1);
    clock.advance(options.idle_timeout);
    execute("CREATE TRIGGER t BEFORE DELETE ON sessions BEGIN SELECT RAISE(FAIL, 'no'); END");
    journal->forget_later({id_of(1)});
    options.idle_timeout *= 5;
    journal->configure(options);
    begin_sessions(2, 2);
    journal.reset();
    EXPECT_EQ(rows(), 2);
    execute("DROP TRIGGER t");
    EXPECT_THAT(ids(load()), ElementsAre(id_of(2)));
}

// V3: with a user's account go the sessions, whoever forgot to say so.
TEST_F(session_loading, forgets_sessions_of_missing_and_disabled_users) {
    begin_sessions(1, 2, alice);
    begin_sessions(3, 3, bob);
    begin_sessions(4, 4, 0xF00);  // nobody
    execute("UPDATE users SET disabled = 1 WHERE id = '" + id_of(bob).str() + "'");
    EXPECT_THAT(ids(load()), ElementsAre(id_of(1), id_of(2)));
    EXPECT_THAT(log.text(), HasSubstr("sessions_dropped malformed=0 without_user=2 damaged_users=0"));
    EXPECT_EQ(rows(), 2);
    execute("UPDATE users SET disabled = 0");
    EXPECT_THAT(load(), SizeIs(2));
}

TEST_F(session_loading, a_damaged_user_costs_only_its_own_sessions) {
    begin_sessions(1, 1, alice);
    begin_sessions(2, 2, bob);
    for (const char* damage : {"name = 'a' || char(13)", "email = 'x'"}) {
        execute("UPDATE users SET " + std::string(damage) + " WHERE id = '" + id_of(bob).str() + "'");
        EXPECT_THAT(ids(load()), ElementsAre(id_of(1))) << damage;
        EXPECT_THAT(log.text(), HasSubstr("damaged_users=1"));
    }
    execute("INSERT INTO user_groups VALUES ('" + id_of(alice).str() + "', 'a,b')");
    EXPECT_THAT(load(), IsEmpty());
}

TEST_F(session_loading, forgets_what_this_program_cannot_have_written) {
    const std::string bad[] = {"token_hash = 'x'",
                               "token_hash = upper(token_hash)",
                               "token_hash = token_hash || '00'",
                               "token_hash = ''",
                               "token_hash = x'00ff'",
                               "user_id = upper(user_id)",
                               "user_id = ''",
                               "rotated_from = 'x', rotated_at = 0",
                               "rotated_from = token_hash",
                               "remembered = 2",
                               "remembered = -1",
                               "ip = 'localhost'",
                               "ip = '1.2.3.4.5'",
                               "ip = ' '",
                               "user_agent = 'a' || char(10) || 'b'",
                               "user_agent = cast(x'ff' AS TEXT)",
                               "user_agent = printf('%.*c', 129, 'x')",
                               "user_agent = printf('%.*c', 1000000, 'x')",
                               "created_at = 9223372036854775807",
                               "created_at = -9223372036854775808",
                               "expires_at = 1e300",
                               "last_seen_at = 9223372036854775807",
                               "authenticated_at = -9223372036854775807"};
    for (const std::string& damage : bad) {
        EXPECT_THAT(ids(after(damage)), ElementsAre(id_of(2))) << damage;
        EXPECT_THAT(log.text(), HasSubstr("sessions_dropped malformed=1")) << damage;
        EXPECT_EQ(rows(), 1) << damage;
    }
    for (const std::string id : {"'x'", "upper(id)", "''", "id || '0'"}) {
        EXPECT_THAT(ids(after("id = " + id)), ElementsAre(id_of(2))) << id;
        EXPECT_EQ(rows(), 1) << id;
    }
}

// Impossible times are cut back to what can be, for good: no session lives longer for them.
TEST_F(session_loading, impossible_times_only_shorten_a_life) {
    clock.advance(day);
    const time_point now = clock.now();
    auto found = after("last_seen_at = " + at(year));
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_EQ(found[0].entry.last_seen_at, now);

    found = after("created_at = " + at(seconds{100}));
    EXPECT_EQ(found.at(0).entry.created_at, now);
    EXPECT_EQ(found.at(0).entry.expires_at, now + options.absolute_timeout);

    found = after("authenticated_at = " + at(year));
    EXPECT_EQ(found.at(0).entry.authenticated_at, now);

    found = after("expires_at = " + at(year));
    EXPECT_EQ(found.at(0).entry.expires_at, now + options.absolute_timeout);
    found = after("expires_at = " + at(year), true);
    EXPECT_EQ(found.at(0).entry.expires_at, now + options.remembered_absolute_timeout);

    found = after("last_seen_at = " + at(seconds{-10}));
    EXPECT_EQ(found.at(0).entry.created_at, now - seconds{10});
    EXPECT_EQ(found.at(0).entry.expires_at, now - seconds{10} + options.absolute_timeout);

    found = after("rotated_from = token_hash, rotated_at = " + at(year));
    EXPECT_EQ(found.at(0).entry.rotated_at, now);

    // Nor at a later start, by longer limits.
    after("last_seen_at = " + at(year) + ", expires_at = " + at(year));
    clock.advance(options.idle_timeout - seconds{1});
    EXPECT_THAT(load(), SizeIs(2));
    clock.advance(seconds{1});
    options.absolute_timeout *= 2;
    EXPECT_THAT(load(), IsEmpty());
    EXPECT_THAT(log.text(), Not(HasSubstr("dropped")));
}

// A shorter absolute limit counts for sessions that are there, and stays with them.
TEST_F(session_loading, absolute_limits_never_grow_back) {
    begin_sessions(1, 1);
    const seconds before = options.absolute_timeout;
    options.absolute_timeout = seconds{1000};
    EXPECT_EQ(load().at(0).entry.expires_at, clock.now() + seconds{1000});
    options.absolute_timeout = before;
    EXPECT_EQ(load().at(0).entry.expires_at, clock.now() + seconds{1000});
}

TEST_F(session_loading, a_start_that_fails_is_a_sentence_and_changes_nothing) {
    begin_sessions(1, 2);
    journal.reset();
    const auto refuse = [](const journal_entry&, const profile_ptr&) { throw std::bad_alloc(); };
    clock.advance(options.idle_timeout);
    try {
        make_on(file()).load(refuse);
    } catch (const std::exception& e) {
        FAIL() << "nothing to give";
    }
    begin_sessions(3, 3);
    try {
        make_on(file()).load(refuse);
        FAIL();
    } catch (const std::runtime_error& e) {
        EXPECT_THAT(e.what(), AllOf(HasSubstr("cannot load the sessions"), HasSubstr("latchkey.db")));
    }
    execute("DROP TABLE sessions");
    try {
        load();
        FAIL();
    } catch (const std::runtime_error& e) {
        EXPECT_THAT(e.what(), AllOf(HasSubstr("cannot load the sessions"), HasSubstr("no such table")));
    }
}

}  // namespace
}  // namespace latchkey::testing
