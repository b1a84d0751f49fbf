#include "migrations.hpp"

#include <array>
#include <stdexcept>
#include <string>

namespace latchkey {
namespace {

// Statements stay portable between SQLite and PostgreSQL, and a migration is never edited after a release: what comes
// later is appended.
struct migration {
    std::array<const char*, 4> statements;  // run in order, up to the first null
};

constexpr std::array<migration, 1> history{{
    {{
        "CREATE TABLE users ("
        " id TEXT PRIMARY KEY,"  // 32 lower-case hex digits
        " email TEXT NOT NULL UNIQUE,"
        " name TEXT NOT NULL,"
        " password_hash TEXT NOT NULL,"  // PHC string, or empty
        " disabled INTEGER NOT NULL,"    // 0 or 1
        " created_at BIGINT NOT NULL)",  // seconds since 1970
        "CREATE TABLE user_groups ("
        " user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
        " name TEXT NOT NULL,"
        " PRIMARY KEY (user_id, name))",
    }},
}};

int read_version(soci::session& sql) {
    int version = 0;
    sql << "SELECT version FROM schema_version", soci::into(version);
    if (!sql.got_data())
        sql << "INSERT INTO schema_version (version) VALUES (0)";
    return version;
}

void take_step(soci::session& sql, int from) {
    for (const char* statement : history[static_cast<std::size_t>(from)].statements)
        if (statement)
            sql << statement;
    const int to = from + 1;
    sql << "UPDATE schema_version SET version = :version", soci::use(to, "version");
}

// One step, if one is left. Each transaction reads the version anew, because another process may have been faster.
bool step(sql_database& database, soci::session& sql) {
    exclusive_transaction transaction(database, sql);
    sql << "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)";
    const int version = read_version(sql);
    if (version < 0 || version > newest_schema_version())
        throw std::runtime_error(database.name() + " has schema version " + std::to_string(version) +
                                 ", this program knows versions up to " + std::to_string(newest_schema_version()) +
                                 ": run the newer latchkey that last used it, or restore a backup from before");
    if (version == newest_schema_version()) {
        transaction.commit();
        return false;
    }
    take_step(sql, version);
    transaction.commit();
    return true;
}

}  // namespace

int newest_schema_version() noexcept {
    return static_cast<int>(history.size());
}

void migrate(sql_database& database) {
    soci::session sql(database.pool());
    try {
        while (step(database, sql)) {
        }
    } catch (const soci::soci_error& e) {
        throw std::runtime_error("cannot bring " + database.name() +
                                 " up to the current schema: " + e.get_error_message());
    }
}

}  // namespace latchkey
