// Users and sessions in a real PostgreSQL: one that writes everything down before it answers where that is what is
// tested, and one that does not for the rest. Each backing has a database of its own.
#include "connection_lease.hpp"
#include "database.hpp"
#include "postgres_process.hpp"
#include "recording_logger.hpp"
#include "session_store_contract.hpp"
#include "sql_session_journal.hpp"
#include "sql_user_store.hpp"
#include "table_session_store.hpp"
#include "user_store_contract.hpp"

#include <map>

namespace latchkey::testing {
namespace {

test::postgres_process& durable_postgres() {
    static test::postgres_process server({"fsync=on", "full_page_writes=on"});
    return server;
}
test::postgres_process& quick_postgres() {
    static test::postgres_process server;
    return server;
}

std::string fresh_database(test::postgres_process& server) {
    static int count = 0;
    std::string name = "test" + std::to_string(++count);
    server.make_database(name);
    return name;
}

class with_postgres final : public session_store_backing {
public:
    explicit with_postgres(test::postgres_process& server) : server_(server), name_(fresh_database(server)) {}
    ~with_postgres() override { revive(); }

    std::unique_ptr<session_store> open(const session_options& options, const clock& now,
                                        revocation_log* revoked) override {
        revive();
        auto journal = make_sql_session_journal(open_database(where()), options, now, {"this-boot", 0}, false, log_);
        return make_journaled_session_store(options, now, std::move(journal), log_, revoked);
    }

    void add_user(const profile_ptr& user) override {
        const auto database = open_database(where());
        connection_lease lease(*database);
        const std::string id = user->id.str();
        const std::string email(user->email());
        const std::string name(user->name());
        const long long version = user->version;
        lease.sql() << "INSERT INTO users (id, email, name, password_hash, disabled, created_at, version)"
                       " VALUES (:id, :email, :name, '', 0, 0, :version)",
            soci::use(id, "id"), soci::use(email, "email"), soci::use(name, "name"), soci::use(version, "version");
        for (const std::string_view each : user->groups()) {
            const std::string group(each);
            lease.sql() << "INSERT INTO user_groups (user_id, name) VALUES (:id, :group)", soci::use(id, "id"),
                soci::use(group, "group");
        }
    }

    void cut_off() override {
        server_.kill();
        killed_ = true;
    }

    void fail(bool on) override {
        server_.tell(on ? "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                          "'BEGIN RAISE EXCEPTION ''out of order''; END';"
                          "CREATE TRIGGER fail BEFORE INSERT OR UPDATE OR DELETE ON sessions"
                          " FOR EACH ROW EXECUTE FUNCTION refuse()"
                        : "DROP TRIGGER fail ON sessions; DROP FUNCTION refuse",
                     name_);
    }

private:
    void revive() {
        if (std::exchange(killed_, false))
            server_.start();
    }
    database_options where() const { return {server_.url(name_), 1, {}}; }

    test::postgres_process& server_;
    const std::string name_;
    bool killed_ = false;
    recording_logger log_;
};

const session_store_factory in_postgres{"postgresql", [] { return std::make_unique<with_postgres>(quick_postgres()); },
                                        true, 300};
const session_store_factory in_durable_postgres{
    "postgresql", [] { return std::make_unique<with_postgres>(durable_postgres()); }, true, 300};

const user_store_factory postgres_users{
    "postgresql", [](const std::string& directory, const clock& now, logger& log) {
        static std::map<std::string, std::string> names;  // one that is opened again is the same
        auto& name = names[directory];
        if (name.empty())
            name = fresh_database(quick_postgres());
        return make_sql_user_store(open_database({quick_postgres().url(name), 2, {}}), now, log);
    }};

const auto name_of_sessions = [](const auto& test) { return test.param.name; };
const auto name_of_user_stores = [](const auto& test) { return test.param.name; };

INSTANTIATE_TEST_SUITE_P(postgres, session_store_contract, ::testing::Values(in_postgres), name_of_sessions);
INSTANTIATE_TEST_SUITE_P(postgres, session_store_model, ::testing::Values(in_postgres), name_of_sessions);
INSTANTIATE_TEST_SUITE_P(postgres, session_store_concurrent, ::testing::Values(in_postgres), name_of_sessions);
INSTANTIATE_TEST_SUITE_P(postgres, session_store_durable, ::testing::Values(in_durable_postgres), name_of_sessions);
INSTANTIATE_TEST_SUITE_P(postgres, session_store_beside_users, ::testing::Values(in_postgres), name_of_sessions);
INSTANTIATE_TEST_SUITE_P(postgres, user_store_contract, ::testing::Values(postgres_users), name_of_user_stores);

}  // namespace
}  // namespace latchkey::testing
