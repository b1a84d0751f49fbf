// What is particular to SQL below the user store; what every store must do is in the contract suite.
#include "sql_user_store.hpp"

#include "recording_logger.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>

#include <fstream>

namespace latchkey {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class sql_user_store_test : public ::testing::Test {
protected:
    std::unique_ptr<user_store> open() {
        database_options options;
        options.url = "sqlite:" + (directory / "users.db");
        return make_sql_user_store(open_database(options), clock, log);
    }
    // A connection of another program.
    soci::session behind_its_back() { return soci::session("sqlite3", "dbname=" + (directory / "users.db")); }
    static email_address email(const std::string& text) { return email_address::parse(text).value(); }
    static user_changes password(std::string hash) {
        user_changes changes;
        changes.password_hash = std::move(hash);
        return changes;
    }
    static user_changes disabled(bool value) {
        user_changes changes;
        changes.disabled = value;
        return changes;
    }
    static user_changes groups(std::vector<std::string> value) {
        user_changes changes;
        changes.groups = std::move(value);
        return changes;
    }
    // Stored sessions of `user`, named by their last digits.
    void add_sessions(const public_id& user, std::initializer_list<int> numbers) {
        for (const int n : numbers)
            behind_its_back() << "INSERT INTO sessions VALUES ('" + session(n).str() + "', 'h', NULL, '" + user.str() +
                                     "', 0, '', '', 1, 1, 1, 9, NULL)";
    }
    static public_id session(int n) {
        public_id id;
        id.bytes[15] = static_cast<std::uint8_t>(n);
        return id;
    }
    std::vector<int> sessions() {
        auto sql = behind_its_back();
        soci::rowset<std::string> rows = (sql.prepare << "SELECT id FROM sessions ORDER BY id");
        std::vector<int> found;
        for (const std::string& id : rows)
            found.push_back(public_id::parse(id).value().bytes[15]);
        return found;
    }

    testing::temporary_directory directory;
    manual_clock clock;
    testing::recording_logger log;
    std::unique_ptr<user_store> store = open();
};

// D3, A1: a database that somebody else keeps locked is an error after the busy time-out, never a false success; the
// log names the operation and no value. Reading goes on meanwhile. Waits SQLite's five seconds.
TEST_F(sql_user_store_test, a_locked_database_is_unavailable) {
    const public_id id = store->add(email("alice@example.com"), "Alice", {}, "$argon2id$canary-1")->id;
    auto other = behind_its_back();
    other << "BEGIN IMMEDIATE";
    EXPECT_EQ(store->update(id, password("$argon2id$canary-2")).error(), errc::store_unavailable);
    EXPECT_EQ(store->find(id).value()->password_hash, "$argon2id$canary-1");
    EXPECT_THAT(log.text(), HasSubstr("store_failed operation=update"));
    EXPECT_THAT(log.text(), HasSubstr("locked"));
    EXPECT_THAT(log.text(), Not(HasSubstr("canary")));
    EXPECT_THAT(log.text(), Not(HasSubstr("alice")));
    other << "ROLLBACK";
    EXPECT_TRUE(store->update(id, password("$argon2id$canary-2")));
    EXPECT_EQ(store->find(id).value()->password_hash, "$argon2id$canary-2");
}

TEST_F(sql_user_store_test, a_lost_table_is_unavailable_for_every_verb) {
    const public_id id = store->add(email("alice@example.com"), "", {}, "h")->id;
    {
        auto other = behind_its_back();
        other << "DROP TABLE user_groups";
        other << "DROP TABLE users";
        other << "DROP TABLE schema_version";
    }
    for (int again = 0; again < 3; ++again) {  // also: no connection of the pool is left in a transaction
        EXPECT_EQ(store->add(email("bob@example.com"), "", {"g"}, "h").error(), errc::store_unavailable);
        EXPECT_EQ(store->find(id).error(), errc::store_unavailable);
        EXPECT_EQ(store->find(email("alice@example.com")).error(), errc::store_unavailable);
        EXPECT_EQ(store->list({}, 5).error(), errc::store_unavailable);
        EXPECT_EQ(store->update(id, password("canary")).error(), errc::store_unavailable);
        EXPECT_EQ(store->replace_password_hash(id, "h", "canary").error(), errc::store_unavailable);
        EXPECT_EQ(store->remove(id).error(), errc::store_unavailable);
        EXPECT_EQ(store->ping().error(), errc::store_unavailable);
    }
    EXPECT_THAT(log.text(), Not(HasSubstr("canary")));
}

// A user and its groups are added together or not at all.
TEST_F(sql_user_store_test, a_half_added_user_is_rolled_back) {
    behind_its_back() << "CREATE TRIGGER full BEFORE INSERT ON user_groups WHEN NEW.name = 'z' "
                         "BEGIN SELECT RAISE(FAIL, 'disk full'); END";
    for (int again = 0; again < 3; ++again) {
        EXPECT_EQ(store->add(email("alice@example.com"), "", {"a", "z"}, "h").error(), errc::store_unavailable);
        EXPECT_FALSE(store->find(email("alice@example.com")).value());
    }
    const auto added = store->add(email("alice@example.com"), "", {"a"}, "h");
    ASSERT_TRUE(added);
    EXPECT_EQ(store->update(added->id, groups({"b", "z"})).error(), errc::store_unavailable);
    EXPECT_EQ(store->find(added->id).value()->profile.groups, std::vector<std::string>{"a"});
}

// A row that breaks the rules was not written by this program. It is refused, so that no header is made from it.
TEST_F(sql_user_store_test, a_damaged_row_is_unavailable) {
    const public_id id = store->add(email("alice@example.com"), "Alice", {"a"}, "h")->id;
    const char* damages[] = {
        "UPDATE users SET name = 'a' || char(13) || char(10) || 'Remote-User: root'",
        "UPDATE users SET email = 'not an address'",
        "UPDATE users SET email = 'ALICE@example.com'",
        "UPDATE user_groups SET name = 'a,admins'",
        "UPDATE users SET created_at = 0, email = x'00FF'",
    };
    for (const char* damage : damages) {
        auto other = behind_its_back();
        other << damage;
        EXPECT_EQ(store->find(id).error(), errc::store_unavailable) << damage;
        EXPECT_EQ(store->list({}, 10).error(), errc::store_unavailable) << damage;
        EXPECT_THAT(log.text(), HasSubstr(id.str()));
        other << "UPDATE users SET name = 'Alice', email = 'alice@example.com'";
        other << "UPDATE user_groups SET name = 'a'";
        EXPECT_TRUE(store->find(id).value());
    }
}

// A second process, the command line, changes users under a running server.
TEST_F(sql_user_store_test, sees_what_another_process_did) {
    const public_id id = store->add(email("alice@example.com"), "", {}, "h")->id;
    behind_its_back() << "UPDATE users SET disabled = 1";
    EXPECT_TRUE(store->find(id).value()->profile.disabled);
}

// V3: the stored sessions go in the same transaction.
TEST_F(sql_user_store_test, a_new_password_ends_all_stored_sessions_but_one) {
    const public_id id = store->add(email("alice@example.com"), "", {}, "h")->id;
    const public_id other = store->add(email("bob@example.com"), "", {}, "h")->id;
    add_sessions(id, {1, 2, 3});
    add_sessions(other, {4});
    user_changes name;
    name.name = "Alice";
    name.spare = session(2);  // of no meaning without a new password
    ASSERT_TRUE(store->update(id, name));
    ASSERT_TRUE(store->update(id, disabled(false)));
    ASSERT_TRUE(store->replace_password_hash(id, "h", "rehashed"));
    EXPECT_THAT(sessions(), ElementsAre(1, 2, 3, 4));
    user_changes change = password("new");
    change.spare = session(2);
    ASSERT_TRUE(store->update(id, change));
    EXPECT_THAT(sessions(), ElementsAre(2, 4));
    ASSERT_TRUE(store->update(id, password("newer")));
    EXPECT_THAT(sessions(), ElementsAre(4));
}

TEST_F(sql_user_store_test, disabling_and_removing_end_all_stored_sessions) {
    const public_id id = store->add(email("alice@example.com"), "", {}, "h")->id;
    const public_id other = store->add(email("bob@example.com"), "", {}, "h")->id;
    add_sessions(id, {1, 2});
    add_sessions(other, {4});
    user_changes change = disabled(true);
    change.password_hash = "new";
    change.spare = session(2);
    ASSERT_TRUE(store->update(id, change));
    EXPECT_THAT(sessions(), ElementsAre(4));
    add_sessions(id, {5});
    ASSERT_TRUE(store->remove(id));
    EXPECT_THAT(sessions(), ElementsAre(4));
}

TEST_F(sql_user_store_test, a_user_changes_together_with_its_sessions_or_not_at_all) {
    const public_id id = store->add(email("alice@example.com"), "", {}, "h")->id;
    add_sessions(id, {1});
    behind_its_back() << "CREATE TRIGGER no BEFORE DELETE ON sessions BEGIN SELECT RAISE(FAIL, 'no'); END";
    EXPECT_EQ(store->update(id, password("new")).error(), errc::store_unavailable);
    EXPECT_EQ(store->update(id, disabled(true)).error(), errc::store_unavailable);
    EXPECT_EQ(store->remove(id).error(), errc::store_unavailable);
    const stored_user found = store->find(id).value().value();
    EXPECT_EQ(found.password_hash, "h");
    EXPECT_FALSE(found.profile.disabled);
    EXPECT_EQ(found.profile.version, 1);
    behind_its_back() << "DROP TRIGGER no";
    EXPECT_TRUE(store->update(id, password("new")));
    EXPECT_THAT(sessions(), ElementsAre());
}

TEST_F(sql_user_store_test, startup_faults_are_sentences) {
    std::ofstream(directory / "bad.db") << "garbage, and enough of it that nobody takes it for an empty file";
    database_options options;
    options.url = "sqlite:" + (directory / "bad.db");
    try {
        make_sql_user_store(open_database(options), clock, log);
        FAIL();
    } catch (const std::runtime_error& e) {
        EXPECT_THAT(e.what(), HasSubstr("bad.db: it is not an SQLite database"));
    }
}

TEST_F(sql_user_store_test, any_pool_size_works) {
    for (const unsigned size : {0U, 1U, 8U}) {
        database_options options;
        options.url = "sqlite:" + (directory / "users.db");
        options.pool_size = size;
        EXPECT_TRUE(make_sql_user_store(open_database(options), clock, log)->ping());
    }
}

}  // namespace
}  // namespace latchkey
