// D1, V4: what the journal acknowledged is in the database, in order.
#include "journal_fixture.hpp"
#include "sql_user_store.hpp"
#include "tokens.hpp"

#include <atomic>
#include <thread>

namespace latchkey::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class sql_session_journal : public journal_fixture {
protected:
    // Transactions in the write-ahead log: each has one frame that says how large the database is after it.
    std::size_t transactions() const {
        const std::string wal = content_of(file() + "-wal");
        std::size_t count = 0;
        for (std::size_t at = 32; at + 24 + 4096 <= wal.size(); at += 24 + 4096)
            count += wal.compare(at + 4, 4, std::string(4, '\0')) != 0 ? 1 : 0;
        return count;
    }
};

TEST_F(sql_session_journal, keeps_every_part_of_a_session) {
    journal_entry kept = entry(1, bob, true);
    kept.authenticated_at += seconds{1};
    kept.last_seen_at += seconds{2};
    kept.ip.bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    kept.user_agent = "'; DROP TABLE sessions; -- :id $1 \xC3\x84";
    clock.advance(seconds{3});
    EXPECT_EQ(commit(begin(kept)).value(), 1U);
    journal_entry plain = entry(2);
    plain.ip = {};
    plain.user_agent = "";
    EXPECT_EQ(commit(begin(plain)).value(), 1U);
    const auto found = load();
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_EQ(found[0].entry.key, kept.key);
    EXPECT_EQ(found[0].entry.user, kept.user);
    EXPECT_TRUE(found[0].entry.remembered);
    EXPECT_EQ(found[0].entry.ip, kept.ip);
    EXPECT_EQ(found[0].entry.user_agent, kept.user_agent);
    EXPECT_EQ(found[0].entry.created_at, kept.created_at);
    EXPECT_EQ(found[0].entry.authenticated_at, kept.authenticated_at);
    EXPECT_EQ(found[0].entry.last_seen_at, kept.last_seen_at);
    EXPECT_EQ(found[0].entry.expires_at, kept.expires_at);
    EXPECT_FALSE(found[0].entry.rotated_from);
    EXPECT_EQ(found[0].user->email(), "u" + std::to_string(bob) + "@example.com");
    EXPECT_THAT(found[0].user->groups(), ElementsAre("staff"));
    EXPECT_EQ(found[0].user->version, 1);
    EXPECT_EQ(found[1].entry.ip, client_address{});
    EXPECT_EQ(found[1].entry.user_agent, "");
    EXPECT_FALSE(found[1].entry.remembered);
}

TEST_F(sql_session_journal, counts_the_rows_of_a_change) {
    EXPECT_EQ(commit(begin(entry(1))).value(), 1U);
    EXPECT_EQ(commit(rotate(1, 99, 2)).value(), 0U);
    EXPECT_EQ(commit(rotate(9, 1, 2)).value(), 0U);
    EXPECT_EQ(commit(rotate(1, 1, 2)).value(), 1U);
    EXPECT_EQ(commit(rotate(1, 1, 3)).value(), 0U);
    EXPECT_EQ(commit(end(5)).value(), 0U);
    journal_change login = begin(entry(2));
    login.erase = {id_of(1), id_of(77)};
    EXPECT_EQ(commit(login).value(), 2U);
    EXPECT_EQ(commit({}).value(), 0U);
    EXPECT_THAT(ids(load()), ElementsAre(id_of(2)));
}

TEST_F(sql_session_journal, remembers_the_key_before_while_that_matters) {
    ASSERT_TRUE(commit(begin(entry(1))));
    clock.advance(seconds{30});
    const auto at = clock.now();
    ASSERT_EQ(commit(rotate(1, 1, 2)).value(), 1U);
    clock.advance(rotation_grace - seconds{1});
    auto found = load();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].entry.key, key_of_number(2));
    EXPECT_EQ(found[0].entry.rotated_from, key_of_number(1));
    EXPECT_EQ(found[0].entry.rotated_at, at);
    EXPECT_EQ(found[0].entry.authenticated_at, at);
    EXPECT_EQ(found[0].entry.last_seen_at, at);
    EXPECT_EQ(found[0].entry.created_at, at - seconds{30});
    clock.advance(seconds{1});
    found = load();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_FALSE(found[0].entry.rotated_from);
}

// R2, and a client that tries again with what it has: that is what must be known, not the key that nobody got.
TEST_F(sql_session_journal, remembers_the_key_that_the_client_showed) {
    ASSERT_TRUE(commit(begin(entry(1))));
    ASSERT_EQ(commit(rotate(1, 1, 2)).value(), 1U);
    journal_change again = rotate(1, 2, 3);
    again.rotate->presented = key_of_number(1);
    ASSERT_EQ(commit(again).value(), 1U);
    const auto found = load();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].entry.key, key_of_number(3));
    EXPECT_EQ(found[0].entry.rotated_from, key_of_number(1));
}

// Group commit: what waits shares a transaction, and the order in it is the order of the calls.
TEST_F(sql_session_journal, what_waits_together_is_committed_together_and_in_order) {
    auto other = outside();
    ASSERT_TRUE(commit(begin(entry(1000))));
    const std::size_t before = transactions();
    other << "BEGIN IMMEDIATE";
    crowd waiting(*this);
    waiting.add(begin(entry(1)));
    for (std::uint32_t n = 1; n < 60; ++n)
        waiting.add(rotate(1, n, n + 1));  // does nothing unless the one before was done
    waiting.add(end(1));
    waiting.add(begin(entry(1)));
    other << "ROLLBACK";
    const auto outcomes = waiting.outcomes();
    ASSERT_THAT(outcomes, SizeIs(62));
    for (const auto& outcome : outcomes)
        EXPECT_EQ(outcome.value(), 1U);
    EXPECT_EQ(transactions(), before + 1);
    const auto found = load();
    ASSERT_THAT(ids(found), ElementsAre(id_of(1000), id_of(1)));
    EXPECT_EQ(found[1].entry.key, key_of_number(1));
    EXPECT_EQ(log.text(), "");
}

TEST_F(sql_session_journal, a_transaction_has_a_bounded_size) {
    auto other = outside();
    const std::size_t before = transactions();
    other << "BEGIN IMMEDIATE";
    crowd waiting(*this);
    for (std::uint32_t n = 0; n < 1100; ++n)
        waiting.add(begin(entry(n)));
    other << "ROLLBACK";
    for (const auto& outcome : waiting.outcomes())
        ASSERT_TRUE(outcome);
    EXPECT_EQ(transactions(), before + 3);
    EXPECT_EQ(rows(), 1100);
}

// D1: a kill right after the answer. The files as they are then hold everything that was acknowledged.
TEST_F(sql_session_journal, what_is_acknowledged_is_in_the_files) {
    for (std::uint32_t n = 1; n <= 10; ++n) {
        ASSERT_TRUE(commit(begin(entry(n))));
        if (n % 3 == 0) {
            ASSERT_TRUE(commit(end(n)));
        }
        const std::string copy = directory / ("copy" + std::to_string(n) + ".db");
        std::filesystem::copy_file(file(), copy);
        std::filesystem::copy_file(file() + "-wal", copy + "-wal");
        const auto copied = open(copy);
        soci::session sql(copied->pool());
        std::uint32_t count = 0;
        sql << "SELECT count(*) FROM sessions", soci::into(count);
        EXPECT_EQ(count, n - n / 3);
    }
}

// C4: no file has the token, in whatever form; only what opens nothing.
TEST_F(sql_session_journal, keeps_no_token) {
    const secret token = new_session_token();
    journal_entry kept = entry(1);
    kept.key = key_of(token.reveal()).value();
    ASSERT_TRUE(commit(begin(kept)));

    std::string bytes;  // what the token stands for
    unsigned bits = 0;
    int count = 0;
    for (const char c : token.reveal()) {
        const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        bits = bits << 6 | static_cast<unsigned>(alphabet.find(c));
        if ((count += 6) >= 8)
            bytes += static_cast<char>(bits >> (count -= 8));
    }
    bytes.resize(32);
    std::string hex;
    for (const char c : bytes) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
        hex += two;
    }
    for (const auto& one : std::filesystem::directory_iterator(directory.path())) {
        const std::string content = content_of(one.path());
        EXPECT_THAT(content,
                    AllOf(Not(HasSubstr(std::string(token.reveal()))), Not(HasSubstr(bytes)), Not(HasSubstr(hex))))
            << one.path();
    }
    EXPECT_THAT(content_of(file() + "-wal"), HasSubstr(kept.id.str()));
}

// V4: what was seen late never revives, and never goes back.
TEST_F(sql_session_journal, chores_are_done_in_the_end) {
    for (std::uint32_t n = 1; n <= 4; ++n)
        ASSERT_TRUE(commit(begin(entry(n))));
    ASSERT_TRUE(commit(end(4)));
    clock.advance(seconds{500});
    journal->note_later({{id_of(1), clock.now()}, {id_of(2), clock.now() - seconds{10'000}}, {id_of(4), clock.now()}});
    journal->forget_later({id_of(3), id_of(99)});
    journal->stop();
    const auto found = load();
    ASSERT_THAT(ids(found), ElementsAre(id_of(1), id_of(2)));
    EXPECT_EQ(found[0].entry.last_seen_at, clock.now());
    EXPECT_EQ(found[1].entry.last_seen_at, clock.now() - seconds{500});
}

TEST_F(sql_session_journal, many_chores_are_done_too) {
    constexpr std::uint32_t many = 3000;
    crowd logins(*this);
    for (std::uint32_t n = 0; n < many; ++n)
        logins.add(begin(entry(n)));
    logins.outcomes();
    clock.advance(seconds{100});
    std::vector<public_id> dead;
    std::vector<last_seen> seen;
    for (std::uint32_t n = 0; n < many; ++n)
        if (n % 2 == 0)
            dead.push_back(id_of(n));
        else
            seen.push_back({id_of(n), clock.now()});
    journal->forget_later(std::move(dead));
    journal->note_later(std::move(seen));
    ASSERT_TRUE(commit(begin(entry(many))));  // is not kept waiting by them, nor keeps them from being done
    journal->stop();
    EXPECT_EQ(rows(), many / 2 + 1);
    EXPECT_EQ(number("SELECT count(*) FROM sessions WHERE last_seen_at = " +
                     std::to_string(clock.now().time_since_epoch().count())),
              many / 2 + 1);
}

TEST_F(sql_session_journal, stopping_commits_what_waits_and_refuses_what_comes) {
    auto other = outside();
    other << "BEGIN IMMEDIATE";
    crowd waiting(*this);
    for (std::uint32_t n = 1; n <= 600; ++n)
        waiting.add(begin(entry(n)));
    std::thread stopper([&] { journal->stop(); });
    other << "ROLLBACK";
    stopper.join();
    for (const auto& outcome : waiting.outcomes())
        ASSERT_TRUE(outcome);
    bool queued = false;
    const journal_change late = begin(entry(601));
    std::function<void()> note = [&] { queued = true; };
    EXPECT_EQ(run.await(journal->commit(late, std::move(note))).error(), errc::store_unavailable);
    EXPECT_FALSE(queued);
    journal->stop();
    journal->forget_later({id_of(1)});
    journal->note_later({{id_of(1), clock.now()}});
    journal->configure(options);
    EXPECT_EQ(rows(), 600);
}

TEST_F(sql_session_journal, may_end_without_having_loaded) {
    make_on(file());
    journal->stop();
    make_on(file());
    EXPECT_EQ(log.text(), "");
}

// Threads of their own, each with its io_context: everybody comes back to where they were.
TEST_F(sql_session_journal, serves_many_threads) {
    std::vector<std::thread> threads;
    for (std::uint32_t t = 0; t < 4; ++t)
        threads.emplace_back([this, t, &mine = runners.emplace_back()] {
            for (std::uint32_t i = 0; i < 50; ++i) {
                const std::uint32_t n = t * 1000 + i;
                EXPECT_EQ(mine.await(journal->commit(begin(entry(n)))).value(), 1U);
                if (i % 2 == 0) {
                    EXPECT_EQ(mine.await(journal->commit(end(n))).value(), 1U);
                }
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_THAT(load(), SizeIs(100));
}

// Who changes users while others log in without a pause gets a turn, and they get theirs.
TEST_F(sql_session_journal, shares_the_database_with_the_user_store) {
    const auto users = make_sql_user_store(database, clock, log);
    std::atomic<bool> done{false};
    std::thread changer([&] {
        user_changes change;
        for (int n = 0; n < 50; ++n) {
            change.name = "n" + std::to_string(n);
            EXPECT_TRUE(users->update(id_of(alice), change));
        }
        done = true;
    });
    for (std::uint32_t n = 0; !done; ++n)
        EXPECT_TRUE(commit(n % 2 == 0 ? begin(entry(1)) : end(1)));
    changer.join();
    EXPECT_EQ(users->find(id_of(alice)).value()->profile.version, 51);
    EXPECT_EQ(log.text(), "");
}

}  // namespace
}  // namespace latchkey::testing
