// A pool of connections to an SQL database, and what differs between the databases behind it.
//
// Statements are written once, for SQLite and PostgreSQL alike; everything that one of them needs in its own way is a
// virtual function here. Blocking: used by database workers and the command line.
#pragma once

#include "database.hpp"
#include "write_turns.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>

#include <soci/soci.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace latchkey {

class sql_database {
public:
    virtual ~sql_database() = default;

    // See connection_lease.hpp.
    virtual soci::connection_pool& pool() noexcept = 0;
    // One connection more, for somebody who writes all the time and keeps it. Never makes a database that has gone.
    // Throws std::runtime_error with a sentence for the operator.
    virtual std::unique_ptr<soci::session> connect() = 0;
    // For messages: "the database /var/lib/latchkey/latchkey.db".
    virtual const std::string& name() const noexcept = 0;
    // What the operator should know of its settings.
    virtual std::vector<database_warning> warnings() const { return {}; }

    static constexpr seconds usual_patience{5};

    // Whether the connection has ended, as far as can be told without asking.
    virtual bool is_lost(soci::session&) noexcept { return false; }
    // Held while the connection is at work. Null where the library itself takes only so long.
    virtual std::shared_ptr<void> use(soci::session&, seconds /*at_most*/ = usual_patience) { return nullptr; }

    // Whoever is about to write holds it until the end of the transaction.
    write_turns& turns() noexcept { return turns_; }
    // Starts a transaction that no other writer runs beside, here or in another process.
    virtual void begin_exclusive(soci::session& sql) = 0;
    // Whether `e` says that a row with the same unique value exists.
    virtual bool is_unique_violation(const soci::soci_error& e) const noexcept = 0;
    // What to order the table `sessions` by to read it, cheaply, in the order in which sessions began.
    virtual const char* session_order() const noexcept = 0;

    // For whoever commits over a network: another server may have taken over unnoticed, and a commit may get no answer.
    virtual bool is_fenced() const noexcept { return false; }
    // How many commits of exclusive_transactions had no answer, where that can be. Any thread.
    unsigned doubts() const noexcept { return doubts_; }
    void doubt() noexcept { ++doubts_; }
    // When this returns, nothing can come to pass any more that was asked for on `lost`; `fresh` is another connection.
    virtual void bury(soci::session& /*lost*/, soci::session& /*fresh*/) {}

private:
    write_turns turns_;
    std::atomic<unsigned> doubts_{0};
};

// Rolls back unless committed. Every write in this process is in one, but the journal's.
class exclusive_transaction {
public:
    exclusive_transaction(sql_database& database, soci::session& sql)
        : turn_(database.turns()), database_(database), sql_(sql) {
        database.begin_exclusive(sql);
    }
    ~exclusive_transaction();
    exclusive_transaction(const exclusive_transaction&) = delete;
    exclusive_transaction& operator=(const exclusive_transaction&) = delete;
    void commit();

private:
    const std::lock_guard<write_turns> turn_;
    sql_database& database_;
    soci::session& sql_;
    bool open_ = true;
};

// Opens what `options.url` names and checks it, but leaves its schema as it is; see database.hpp for the rest. Throws
// std::runtime_error with a sentence for the operator.
std::unique_ptr<sql_database> connect_database(const database_options& options);

}  // namespace latchkey
