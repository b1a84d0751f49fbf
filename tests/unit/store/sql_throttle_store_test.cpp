// The throttle's records in the database, and the secret that its keys are made with.
#include "sql_throttle_store.hpp"

#include "database.hpp"
#include "installation_secret.hpp"
#include "recording_logger.hpp"
#include "sql_database.hpp"
#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>

namespace latchkey {
namespace {

class SqlThrottleStore : public ::testing::Test {
protected:
    std::shared_ptr<sql_database> open() {
        database_options options;
        options.url = "sqlite:" + (directory / "latchkey.db");
        return open_database(options);
    }
    static throttle_record record(std::uint8_t n, std::uint32_t failures, std::int64_t last = 1'800'000'000) {
        throttle_record out;
        out.key.bytes.fill(n);
        out.kind = throttle_kind::pair;
        out.failures = failures;
        out.last = time_point{seconds{last}};
        out.client.network.bytes.fill(static_cast<std::uint8_t>(n + 1));
        out.account = "user" + std::to_string(n) + "@example.com";
        return out;
    }
    std::vector<throttle_record> loaded() {
        auto all = subject->load().value();
        std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.key.bytes < b.key.bytes; });
        return all;
    }
    void save(std::vector<throttle_record> records) {
        ASSERT_TRUE(subject->save(records, time_point{seconds{1'700'000'000}}));
    }

    testing::temporary_directory directory;
    testing::recording_logger log;
    std::shared_ptr<sql_database> database = open();
    std::unique_ptr<throttle_store> subject = make_sql_throttle_store(database, log);
};

TEST_F(SqlThrottleStore, GivesBackWhatItWasGiven) {
    EXPECT_TRUE(loaded().empty());
    save({record(1, 5), record(2, 7)});
    const auto all = loaded();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].key, record(1, 5).key);
    EXPECT_EQ(all[0].kind, throttle_kind::pair);
    EXPECT_EQ(all[0].failures, 5U);
    EXPECT_EQ(all[0].last, record(1, 5).last);
    EXPECT_EQ(all[0].client, record(1, 5).client);
    EXPECT_EQ(all[0].account, "user1@example.com");
}

TEST_F(SqlThrottleStore, KeepsTheLastWordOnEachKey) {
    save({record(1, 5)});
    save({record(1, 6), record(2, 1)});
    save({record(2, 0), record(3, 0)});
    const auto all = loaded();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].failures, 6U);
}

TEST_F(SqlThrottleStore, RemovesWhatMeansNothingAnyMore) {
    save({record(1, 5, 1'699'999'999), record(2, 5, 1'700'000'000)});
    ASSERT_EQ(loaded().size(), 1U);
    EXPECT_EQ(loaded()[0].key, record(2, 5).key);
}

// L8: the table holds no more than the throttle does. Once a minute is enough, and it is the time of `forgotten_before`
// that counts.
TEST_F(SqlThrottleStore, RemovesOldRowsOnceAMinute) {
    const auto save_at = [&](throttle_record one, std::int64_t forgotten_before) {
        ASSERT_TRUE(subject->save(std::span(&one, 1), time_point{seconds{forgotten_before}}));
    };
    save_at(record(1, 5, 2'000), 1'000);
    save_at(record(2, 5, 1'000), 1'059);
    EXPECT_EQ(loaded().size(), 2U);
    save_at(record(3, 5, 2'000), 1'060);
    ASSERT_EQ(loaded().size(), 2U);
    EXPECT_EQ(loaded()[0].key, record(1, 5).key);
    EXPECT_EQ(loaded()[1].key, record(3, 5).key);
}

// ...and not as long as it failed.
TEST_F(SqlThrottleStore, RemovesOldRowsAfterAFailure) {
    save({record(1, 5, 1'700'000'000)});
    const std::vector records{record(2, 5)};
    const time_point later{seconds{1'700'000'100}};
    {
        soci::session sql(database->pool());
        sql << "ALTER TABLE throttle RENAME TO elsewhere";
        EXPECT_FALSE(subject->save(records, later));
        sql << "ALTER TABLE elsewhere RENAME TO throttle";
    }
    ASSERT_TRUE(subject->save(records, later));
    ASSERT_EQ(loaded().size(), 1U);
    EXPECT_EQ(loaded()[0].key, record(2, 5).key);
}

TEST_F(SqlThrottleStore, LeavesOutRowsOfOtherHands) {
    save({record(1, 5)});
    {
        soci::session sql(database->pool());
        for (const char* change : {"key = 'x'", "key = NULL", "kind = 9", "failures = -1", "failures = 99999999999",
                                   "last_failure = -5", "client = ''", "account = printf('%.*c', 9999, 'x')"})
            try {
                sql << std::string(
                    "INSERT OR REPLACE INTO throttle SELECT printf('%032x', abs(random())), kind, "
                    "failures, last_failure, client, account FROM throttle LIMIT 1");
                sql << std::string("UPDATE throttle SET ") + change +
                           " WHERE rowid = (SELECT max(rowid) FROM throttle)";
            } catch (const soci::soci_error&) {  // the schema forbids some of these by itself
            }
    }
    const auto all = subject->load();
    ASSERT_TRUE(all);
    for (const auto& one : *all) {
        EXPECT_GE(one.failures, 1U);
        EXPECT_LE(one.account.size(), 254U);
    }
}

// D3
TEST_F(SqlThrottleStore, SaysWhenTheDatabaseFails) {
    {
        soci::session sql(database->pool());
        sql << "DROP TABLE throttle";
    }
    const std::vector records{record(1, 5)};
    EXPECT_EQ(subject->save(records, time_point{}).error(), errc::store_unavailable);
    EXPECT_EQ(subject->load().error(), errc::store_unavailable);
}

TEST_F(SqlThrottleStore, TheSecretIsMadeOnce) {
    const secret first = load_installation_secret(*database);
    EXPECT_EQ(first.size(), 32U);
    EXPECT_EQ(load_installation_secret(*database).reveal(), first.reveal());
    EXPECT_EQ(load_installation_secret(*open()).reveal(), first.reveal());
}

TEST_F(SqlThrottleStore, TheSecretIsOneForAllWhoBeginAtOnce) {
    std::vector<secret> seen(4);
    std::vector<std::thread> team;
    for (auto& mine : seen)
        team.emplace_back([&, other = open()] { mine = load_installation_secret(*other); });
    for (auto& one : team)
        one.join();
    for (const auto& one : seen)
        EXPECT_EQ(one.reveal(), seen[0].reveal());
}

TEST_F(SqlThrottleStore, AnotherInstallationHasAnotherSecret) {
    const secret first = load_installation_secret(*database);
    {
        soci::session sql(database->pool());
        sql << "DELETE FROM installation";
    }
    EXPECT_NE(load_installation_secret(*database).reveal(), first.reveal());
}

TEST_F(SqlThrottleStore, ADamagedSecretIsNamed) {
    (void)load_installation_secret(*database);
    {
        soci::session sql(database->pool());
        sql << "UPDATE installation SET value = 'short'";
    }
    EXPECT_THROW(load_installation_secret(*database), std::runtime_error);
}

}  // namespace
}  // namespace latchkey
