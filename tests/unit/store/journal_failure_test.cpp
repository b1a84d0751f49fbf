// D3: what the journal refused is not in the database; it says so to everybody concerned, and goes on.
#include "journal_fixture.hpp"

#include <csignal>
#include <thread>

#include <sys/resource.h>

namespace latchkey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class journal_failure : public journal_fixture {};

// D3: a database that somebody else keeps locked is an error after the busy time-out, to everybody who waits, with one
// line in the log; then it works again. Waits SQLite's five seconds.
TEST_F(journal_failure, a_locked_database_is_unavailable_and_recovers) {
    ASSERT_TRUE(commit(begin(entry(1))));
    auto other = outside();
    other << "BEGIN IMMEDIATE";
    crowd waiting(*this);
    for (std::uint32_t n = 2; n < 1000; ++n)  // more than one transaction takes
        waiting.add(begin(entry(n)));
    for (const auto& outcome : waiting.outcomes())
        ASSERT_EQ(outcome.error(), errc::store_unavailable);
    EXPECT_EQ(failures(), 1U);
    EXPECT_EQ(journal->stats().failed_commits, 1U);
    EXPECT_THAT(log.text(), HasSubstr("journal_failed operation=commit changes=998 error="));
    EXPECT_THAT(log.text(), HasSubstr("locked"));
    other << "ROLLBACK";
    EXPECT_EQ(rows(), 1);
    EXPECT_TRUE(commit(end(1)));
    EXPECT_EQ(rows(), 0);
    const auto counted = journal->stats();
    EXPECT_EQ(counted.changes_per_commit.sum, 2) << "what failed is not among them";
    EXPECT_EQ(counted.changes_per_commit.counts.front(), 2U);
    EXPECT_GT(counted.commit_seconds.sum, 0);
}

// Only the transaction of the change that cannot be, and all of it: nothing has changed for anybody in it.
TEST_F(journal_failure, a_constraint_fails_one_transaction) {
    ASSERT_TRUE(commit(begin(entry(1))));
    auto other = outside();
    other << "BEGIN IMMEDIATE";
    crowd waiting(*this);
    waiting.add(begin(entry(2)));
    waiting.add(begin(entry(1)));  // is there
    waiting.add(end(1));
    other << "ROLLBACK";
    for (const auto& outcome : waiting.outcomes())
        EXPECT_EQ(outcome.error(), errc::store_unavailable);
    EXPECT_EQ(failures(), 1U);
    EXPECT_THAT(log.text(), Not(HasSubstr("cdcdcd")));  // no values
    for (int again = 0; again < 3; ++again)             // also when it happens time and again
        EXPECT_EQ(commit(begin(entry(1))).error(), errc::store_unavailable);
    EXPECT_EQ(commit(begin(entry(2))).value(), 1U);
    EXPECT_THAT(ids(load()), ElementsAre(id_of(1), id_of(2)));
}

TEST_F(journal_failure, goes_on_after_failures_of_every_statement) {
    ASSERT_TRUE(commit(begin(entry(1))));
    for (int again = 0; again < 3; ++again) {
        for (const std::string verb : {"INSERT", "UPDATE", "DELETE"})
            execute("CREATE TRIGGER t" + verb + " BEFORE " + verb + " ON sessions BEGIN SELECT RAISE(FAIL, 'no'); END");
        EXPECT_EQ(commit(begin(entry(2))).error(), errc::store_unavailable);
        EXPECT_EQ(commit(rotate(1, 1, 5)).error(), errc::store_unavailable);
        EXPECT_EQ(commit(end(1)).error(), errc::store_unavailable);
        for (const std::string verb : {"INSERT", "UPDATE", "DELETE"})
            execute("DROP TRIGGER t" + verb);
        EXPECT_EQ(commit(rotate(1, 99, 5)).value(), 0U);
        EXPECT_EQ(commit(begin(entry(2))).value(), 1U);
        EXPECT_EQ(commit(end(2)).value(), 1U);
    }
    EXPECT_THAT(ids(load()), ElementsAre(id_of(1)));
}

// D3: no room to write. The kernel refuses to make any file longer than it may be; what was there stays whole.
TEST_F(journal_failure, a_full_disk_is_unavailable_and_recovers) {
    ASSERT_TRUE(commit(begin(entry(1))));
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    for (const rlim_t more : {0U, 100U, 4096U + 24U + 100U}) {
        rlimit full = before;
        full.rlim_cur = std::filesystem::file_size(file() + "-wal") + more;
        ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
        const auto begun = commit(begin(entry(2)));
        const auto ended = commit(end(1));
        ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
        EXPECT_EQ(begun.error(), errc::store_unavailable);
        EXPECT_EQ(ended.error(), errc::store_unavailable);
        EXPECT_EQ(rows(), 1);
    }
    std::signal(SIGXFSZ, handler);
    EXPECT_EQ(commit(begin(entry(2))).value(), 1U);
    EXPECT_EQ(commit(end(1)).value(), 1U);
    EXPECT_THAT(ids(load()), ElementsAre(id_of(2)));
}

// A database that has gone is not made anew, empty, under a running server.
TEST_F(journal_failure, never_makes_a_database_that_has_gone) {
    execute("CREATE TRIGGER t BEFORE INSERT ON sessions BEGIN SELECT RAISE(FAIL, 'no'); END");
    EXPECT_EQ(commit(begin(entry(1))).error(), errc::store_unavailable);
    for (const char* part : {"", "-wal", "-shm"})
        std::filesystem::remove(file() + part);
    EXPECT_EQ(commit(begin(entry(1))).error(), errc::store_unavailable);
    EXPECT_THAT(log.text(), HasSubstr("it has gone"));
    EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(journal_failure, chores_that_fail_wait_for_better_times) {
    ASSERT_TRUE(commit(begin(entry(1))));
    ASSERT_TRUE(commit(begin(entry(2))));
    execute("CREATE TRIGGER t BEFORE DELETE ON sessions BEGIN SELECT RAISE(FAIL, 'no'); END");
    journal->forget_later({id_of(1)});
    while (failures() == 0)
        std::this_thread::yield();
    EXPECT_THAT(log.text(), HasSubstr("operation=upkeep changes=1 error="));
    execute("DROP TRIGGER t");
    ASSERT_TRUE(commit(begin(entry(3))));
    journal->stop();
    EXPECT_THAT(ids(load()), ElementsAre(id_of(2), id_of(3)));
    EXPECT_EQ(failures(), 1U);
}

}  // namespace
}  // namespace latchkey::testing
