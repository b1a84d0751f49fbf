#include "postgres_database.hpp"

#include "connection_lease.hpp"
#include "deadline_guard.hpp"
#include "postgres_connect.hpp"
#include "postgres_url.hpp"

#include <soci/postgresql/soci-postgresql.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <libpq-fe.h>

namespace latchkey {
namespace {

// SQLSTATE (PostgreSQL manual, appendix A).
constexpr const char* unique_violation = "23505";

// The writers of all processes that work on this database, one at a time: two halves of one advisory lock.
constexpr const char* take_writers_lock = "SELECT CAST(pg_advisory_xact_lock(1279346009, 2) AS TEXT)";

// A connection at work: its deadline, and at the end nothing half done.
class watched_use {
public:
    watched_use(deadline_guard& guard, PGconn& connection, seconds at_most)
        : guard_(guard),
          connection_(connection),
          watch_(guard.begin(PQsocket(&connection), std::chrono::seconds(at_most.count()))) {}
    ~watched_use() {
        if (PQstatus(&connection_) == CONNECTION_OK && PQtransactionStatus(&connection_) != PQTRANS_IDLE)
            PQclear(PQexec(&connection_, "ROLLBACK"));
        guard_.end(watch_);
    }
    watched_use(const watched_use&) = delete;
    watched_use& operator=(const watched_use&) = delete;

private:
    deadline_guard& guard_;
    PGconn& connection_;
    const deadline_guard::watch watch_;
};

class postgres_database final : public sql_database {
public:
    explicit postgres_database(const database_options& options)
        : options_(options),
          name_("the database " + postgres_place(options.url)),
          pool_(std::max(1U, options.pool_size)) {
        for (std::size_t i = 0; i < std::max(1U, options.pool_size); ++i)
            connect_postgres(pool_.at(i), options_, postgres_role::worker, name_);
        connection_lease lease(*this);
        check(lease.sql());
    }

    soci::connection_pool& pool() noexcept override { return pool_; }
    std::unique_ptr<soci::session> connect() override {
        auto sql = std::make_unique<soci::session>();
        connect_postgres(*sql, options_, postgres_role::journal, name_);
        return sql;
    }
    const std::string& name() const noexcept override { return name_; }
    std::vector<database_warning> warnings() const override { return warnings_; }

    bool is_lost(soci::session& sql) noexcept override { return latchkey::is_lost(connection_of(sql)); }
    std::shared_ptr<void> use(soci::session& sql, seconds at_most) override;
    void begin_exclusive(soci::session& sql) override;
    bool is_unique_violation(const soci::soci_error& e) const noexcept override {
        const auto* const error = dynamic_cast<const soci::postgresql_soci_error*>(&e);
        return error && error->sqlstate() == unique_violation;
    }
    const char* session_order() const noexcept override { return "created_at, id"; }

    bool is_fenced() const noexcept override { return true; }
    void bury(soci::session& lost, soci::session& fresh) override;

private:
    void check(soci::session& sql);

    const database_options options_;
    const std::string name_;
    std::vector<database_warning> warnings_;
    deadline_guard guard_;  // goes after whom it watches
    soci::connection_pool pool_;
};

std::shared_ptr<void> postgres_database::use(soci::session& sql, seconds at_most) {
    PGconn* const connection = connection_of(sql);
    if (!connection)
        throw std::runtime_error("the connection to the database is lost");
    return std::make_shared<watched_use>(guard_, *connection, at_most);
}

void postgres_database::begin_exclusive(soci::session& sql) {
    sql << "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    try {
        std::string nothing;
        sql << take_writers_lock, soci::into(nothing);
    } catch (const soci::soci_error&) {
        try {
            sql << "ROLLBACK";
        } catch (const soci::soci_error&) {
        }
        throw;
    }
}

// A server that hung may go on with what it had received. It is ended first, by the number of its process, which no
// other can have while it lives.
void postgres_database::bury(soci::session& lost, soci::session& fresh) {
    PGconn* const connection = connection_of(lost);
    const int process = connection ? PQbackendPID(connection) : 0;
    if (process == 0)
        return;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(postgres_patience);
    for (;;) {
        int left = 0;
        fresh << "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid = :process AND pid <> "
                 "pg_backend_pid() AND application_name = 'latchkey journal' AND datname = current_database()",
            soci::use(process, "process"), soci::into(left);
        if (left == 0)
            return;
        if (std::chrono::steady_clock::now() >= until)
            throw std::runtime_error("the server's process that had the journal before does not end");
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

void postgres_database::check(soci::session& sql) try {
    std::string encoding, fsync, full_pages;
    int tables = 0, ours = 0;
    sql << "SELECT current_setting('server_encoding'), current_setting('fsync'), current_setting('full_page_writes')",
        soci::into(encoding), soci::into(fsync), soci::into(full_pages);
    sql << "SELECT count(*), count(CASE WHEN table_name = 'schema_version' THEN 1 END) FROM information_schema.tables"
           " WHERE table_schema = current_schema()",
        soci::into(tables), soci::into(ours);
    if (encoding != "UTF8")
        throw std::runtime_error("cannot use " + name_ + ": its encoding is " + encoding +
                                 "; make one with ENCODING 'UTF8'");
    if (tables > 0 && ours == 0)
        throw std::runtime_error("cannot use " + name_ + ": it holds the tables of another program");
    if (fsync == "off")
        warnings_.push_back({"postgres_no_fsync", "fsync is off: a crash of its machine can lose or spoil everything"});
    else if (full_pages == "off")
        warnings_.push_back(
            {"postgres_torn_pages", "full_page_writes is off: a crash of its machine can spoil the data"});
} catch (const soci::soci_error& e) {
    throw std::runtime_error("cannot use " + name_ + ": " + one_line(e.get_error_message()));
}

}  // namespace

std::unique_ptr<sql_database> open_postgres_database(const database_options& options) {
    return std::make_unique<postgres_database>(options);
}

}  // namespace latchkey
