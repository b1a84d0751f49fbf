// A pool of connections to an SQL database, and what differs between the databases behind it.
//
// Statements are written once, for SQLite and PostgreSQL alike; everything that one of them needs in its own way is a
// virtual function here. Blocking: used by database workers and the command line.
#pragma once

#include "write_turns.hpp"

#include <latchkey/config.hpp>

#include <soci/soci.h>

#include <memory>
#include <mutex>
#include <string>

namespace latchkey {

class sql_database {
public:
    virtual ~sql_database() = default;

    // soci::session sql(database.pool()) leases a connection, waiting for one to be free.
    virtual soci::connection_pool& pool() noexcept = 0;
    // One connection more, for somebody who writes all the time and keeps it. Never makes a database that has gone.
    // Throws std::runtime_error with a sentence for the operator.
    virtual std::unique_ptr<soci::session> connect() = 0;
    // For messages: "the database /var/lib/latchkey/latchkey.db".
    virtual const std::string& name() const noexcept = 0;

    // Whoever is about to write holds it until the end of the transaction.
    write_turns& turns() noexcept { return turns_; }
    // Starts a transaction that no other writer runs beside, here or in another process.
    virtual void begin_exclusive(soci::session& sql) = 0;
    // Whether `e` says that a row with the same unique value exists.
    virtual bool is_unique_violation(const soci::soci_error& e) const noexcept = 0;
    // What to order the table `sessions` by to read it, cheaply, in the order in which sessions began.
    virtual const char* session_order() const noexcept = 0;

private:
    write_turns turns_;
};

// Rolls back unless committed. Every write in this process is in one, but the journal's.
class exclusive_transaction {
public:
    exclusive_transaction(sql_database& database, soci::session& sql) : turn_(database.turns()), sql_(sql) {
        database.begin_exclusive(sql);
    }
    ~exclusive_transaction();
    exclusive_transaction(const exclusive_transaction&) = delete;
    exclusive_transaction& operator=(const exclusive_transaction&) = delete;
    void commit();

private:
    const std::lock_guard<write_turns> turn_;
    soci::session& sql_;
    bool open_ = true;
};

// Opens what `options.url` names and checks it, but leaves its schema as it is; see database.hpp for the rest. Throws
// std::runtime_error with a sentence for the operator.
std::unique_ptr<sql_database> connect_database(const database_options& options);

}  // namespace latchkey
