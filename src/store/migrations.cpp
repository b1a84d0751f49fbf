#include "migrations.hpp"

#include "connection_lease.hpp"

#include <array>
#include <stdexcept>
#include <string>

namespace latchkey {
namespace {

// Statements stay portable between SQLite and PostgreSQL, and a migration is never edited after a release: what comes
// later is appended.
struct migration {
    std::array<const char*, 5> statements;  // run in order, up to the first null
};

constexpr std::array<migration, 5> history{{
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
    {{
        "ALTER TABLE users ADD COLUMN version BIGINT NOT NULL DEFAULT 1",
        "ALTER TABLE users ADD COLUMN credential_version BIGINT NOT NULL DEFAULT 1",
        // Ids and hashes are lower-case hex digits, times seconds since 1970 on the session time line. Without a
        // foreign key: a login that meets the removal of its user must not spoil the transaction it shares with others.
        "CREATE TABLE sessions ("
        " id TEXT PRIMARY KEY,"
        " token_hash TEXT NOT NULL,"
        " rotated_from TEXT,"  // the hash before, for as long as it matters
        " user_id TEXT NOT NULL,"
        " remembered INTEGER NOT NULL,"  // 0 or 1
        " ip TEXT NOT NULL,"             // empty: not known
        " user_agent TEXT NOT NULL,"
        " created_at BIGINT NOT NULL,"
        " authenticated_at BIGINT NOT NULL,"
        " last_seen_at BIGINT NOT NULL,"
        " expires_at BIGINT NOT NULL,"
        " rotated_at BIGINT)",
        "CREATE INDEX sessions_by_user ON sessions (user_id)",
        // No row or one: what the session times were last counted on, see session_time_line.hpp.
        "CREATE TABLE session_time_line ("
        " boot TEXT NOT NULL,"
        " origin BIGINT NOT NULL,"
        " last_second BIGINT NOT NULL,"
        " idle_timeout BIGINT NOT NULL,"  // seconds
        " remembered_idle_timeout BIGINT NOT NULL)",
    }},
    {{
        "CREATE TABLE installation ("
        " name TEXT NOT NULL PRIMARY KEY,"
        " value TEXT NOT NULL)",
        "CREATE TABLE throttle ("
        " key TEXT NOT NULL PRIMARY KEY,"  // 32 lower-case hex digits, as client
        " kind INTEGER NOT NULL,"          // see throttle_kind
        " failures BIGINT NOT NULL,"       // at least 1
        " last_failure BIGINT NOT NULL,"   // seconds since 1970
        " client TEXT NOT NULL,"
        " account TEXT NOT NULL)",  // empty where it isn't kept
    }},
    {{
        // Sessions that were ended on purpose while access tokens of theirs may be alive.
        "CREATE TABLE revocations ("
        " session TEXT NOT NULL PRIMARY KEY,"  // as sessions.id
        " revoked_at BIGINT NOT NULL)",        // on the session time line
        "CREATE INDEX revocations_by_time ON revocations (revoked_at)",
    }},
    {{
        // One row or none: the server that has the sessions in its memory, by a name that is another one at each start.
        // Only where the lock on the database can be lost unnoticed.
        "CREATE TABLE session_owner ("
        " name TEXT NOT NULL,"
        " turn BIGINT NOT NULL)",  // its last transaction: whether that was committed can be read here
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
    connection_lease lease(database);
    soci::session& sql = lease.sql();
    try {
        while (step(database, sql)) {
        }
    } catch (const soci::soci_error& e) {
        throw std::runtime_error("cannot bring " + database.name() +
                                 " up to the current schema: " + e.get_error_message());
    }
}

}  // namespace latchkey
