// The whole session store: the table over the journal in a real database.
#include "database.hpp"
#include "recording_logger.hpp"
#include "session_store_contract.hpp"
#include "sql_database.hpp"
#include "sql_session_journal.hpp"
#include "table_session_store.hpp"
#include "temporary_directory.hpp"

namespace latchkey::testing {
namespace {

class with_database final : public session_store_backing {
public:
    std::unique_ptr<session_store> open(const session_options& options, const clock& now,
                                        revocation_log* revoked) override {
        auto journal = make_sql_session_journal(open_database(where()), options, now, {"this-boot", 0}, false, log_);
        return make_journaled_session_store(options, now, std::move(journal), log_, revoked);
    }

    void add_user(const profile_ptr& user) override {
        const auto database = open_database(where());
        soci::session sql(database->pool());
        const std::string id = user->id.str();
        const std::string email(user->email());
        const std::string name(user->name());
        const long long version = user->version;
        sql << "INSERT INTO users (id, email, name, password_hash, disabled, created_at, version)"
               " VALUES (:id, :email, :name, '', 0, 0, :version)",
            soci::use(id, "id"), soci::use(email, "email"), soci::use(name, "name"), soci::use(version, "version");
        for (const std::string_view each : user->groups()) {
            const std::string group(each);
            sql << "INSERT INTO user_groups (user_id, name) VALUES (:id, :group)", soci::use(id, "id"),
                soci::use(group, "group");
        }
    }

    // What is in the files now is what a kill would leave. The write lock keeps the log from being begun anew
    // meanwhile.
    void cut_off() override {
        const auto database = open_database(where());
        soci::session sql(database->pool());
        exclusive_transaction still(*database, sql);
        const std::string from = file();
        ++life_;
        for (const char* part : {"", "-wal"})
            if (std::filesystem::exists(from + part))
                std::filesystem::copy_file(from + part, file() + part);
    }

    void fail(bool on) override {
        const auto database = open_database(where());
        soci::session sql(database->pool());
        for (const std::string verb : {"INSERT", "UPDATE", "DELETE"})
            if (on)
                sql << "CREATE TRIGGER fail_" + verb + " BEFORE " + verb +
                           " ON sessions BEGIN SELECT RAISE(FAIL, 'out of order'); END";
            else
                sql << "DROP TRIGGER fail_" + verb;
    }

private:
    std::string file() const { return directory_ / ("life" + std::to_string(life_) + ".db"); }
    database_options where() const { return {"sqlite:" + file(), 1}; }

    temporary_directory directory_;
    int life_ = 0;
    recording_logger log_;
};

const session_store_factory sqlite{"sqlite", [] { return std::make_unique<with_database>(); }, true, 300};
const auto name_of_sql = [](const auto& test) { return test.param.name; };

INSTANTIATE_TEST_SUITE_P(sql, session_store_contract, ::testing::Values(sqlite), name_of_sql);
INSTANTIATE_TEST_SUITE_P(sql, session_store_model, ::testing::Values(sqlite), name_of_sql);
INSTANTIATE_TEST_SUITE_P(sql, session_store_concurrent, ::testing::Values(sqlite), name_of_sql);
INSTANTIATE_TEST_SUITE_P(sql, session_store_durable, ::testing::Values(sqlite), name_of_sql);
INSTANTIATE_TEST_SUITE_P(sql, session_store_beside_users, ::testing::Values(sqlite), name_of_sql);

}  // namespace
}  // namespace latchkey::testing
