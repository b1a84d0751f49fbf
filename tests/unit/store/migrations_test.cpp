#include "migrations.hpp"

#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace latchkey {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class migrations : public ::testing::Test {
protected:
    std::unique_ptr<sql_database> open() {
        database_options options;
        options.url = "sqlite:" + (directory / "users.db");
        return connect_database(options);
    }
    static int version_of(sql_database& database) {
        soci::session sql(database.pool());
        int version = -1;
        sql << "SELECT version FROM schema_version", soci::into(version);
        return version;
    }
    static int rows_of(sql_database& database, const std::string& table) {
        soci::session sql(database.pool());
        int rows = -1;
        sql << "SELECT count(*) FROM " + table, soci::into(rows);
        return rows;
    }
    static std::string complaint(sql_database& database) {
        try {
            migrate(database);
            return {};
        } catch (const std::runtime_error& e) {
            return e.what();
        }
    }

    testing::temporary_directory directory;
};

TEST_F(migrations, make_the_newest_schema_and_then_do_nothing) {
    const auto database = open();
    for (int again = 0; again < 3; ++again) {
        migrate(*database);
        EXPECT_EQ(version_of(*database), newest_schema_version());
        EXPECT_EQ(rows_of(*database, "schema_version"), 1);
        EXPECT_EQ(rows_of(*database, "users"), 0);
    }
}

TEST_F(migrations, refuse_the_database_of_a_newer_program) {
    const auto database = open();
    migrate(*database);
    for (const char* version : {"2000000", "-1"}) {
        soci::session(database->pool()) << "UPDATE schema_version SET version = " + std::string(version);
        EXPECT_THAT(complaint(*database),
                    AllOf(HasSubstr("users.db"), HasSubstr(version), HasSubstr("newer latchkey")));
        EXPECT_EQ(version_of(*database), std::stoi(version));
    }
}

// A step that fails leaves nothing of itself, and can be taken once the reason is gone.
TEST_F(migrations, a_failed_step_leaves_nothing) {
    const auto database = open();
    {
        soci::session sql(database->pool());
        sql << "CREATE TABLE schema_version (version INTEGER NOT NULL)";
        sql << "CREATE TABLE user_groups (x INTEGER)";  // in the way of the first step's second statement
    }
    EXPECT_THAT(complaint(*database), AllOf(HasSubstr("users.db"), HasSubstr("user_groups")));
    EXPECT_THROW(rows_of(*database, "users"), soci::soci_error);
    soci::session(database->pool()) << "DROP TABLE user_groups";
    EXPECT_EQ(complaint(*database), "");
    EXPECT_EQ(version_of(*database), newest_schema_version());
}

// A database of the first release: its users stay as they are.
TEST_F(migrations, keep_what_is_there) {
    const auto database = open();
    {
        soci::session sql(database->pool());
        for (const char* statement :
             {"CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
              " password_hash TEXT NOT NULL, disabled INTEGER NOT NULL, created_at BIGINT NOT NULL)",
              "CREATE TABLE user_groups (user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
              " name TEXT NOT NULL, PRIMARY KEY (user_id, name))",
              "CREATE TABLE schema_version (version INTEGER NOT NULL)", "INSERT INTO schema_version VALUES (1)",
              "INSERT INTO users VALUES ('00000000000000000000000000000001', 'a@example.com', 'A', 'h', 0, 7)"})
            sql << statement;
    }
    migrate(*database);
    EXPECT_EQ(version_of(*database), newest_schema_version());
    EXPECT_EQ(rows_of(*database, "sessions"), 0);
    soci::session sql(database->pool());
    std::string name;
    int version = 0;
    int credential_version = 0;
    sql << "SELECT name, version, credential_version FROM users", soci::into(name), soci::into(version),
        soci::into(credential_version);
    EXPECT_EQ(name, "A");
    EXPECT_EQ(version, 1);
    EXPECT_EQ(credential_version, 1);
}

TEST_F(migrations, are_taken_once_by_many_at_once) {
    for (int round = 0; round < 5; ++round) {
        std::filesystem::remove_all(directory.path());
        std::filesystem::create_directory(directory.path());
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                try {
                    const auto database = open();
                    migrate(*database);
                } catch (const std::exception& e) {
                    ADD_FAILURE() << e.what();
                }
            });
        for (std::thread& thread : threads)
            thread.join();
        const auto database = open();
        EXPECT_EQ(version_of(*database), newest_schema_version());
        EXPECT_EQ(rows_of(*database, "schema_version"), 1);
    }
}

}  // namespace
}  // namespace latchkey
