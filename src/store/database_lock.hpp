// Who may change users and sessions in a database: one server, which holds the sessions in its memory; or, while there
// is none of these, commands, and servers that have their sessions elsewhere.
//
// With SQLite a lock on the file "<database file>-server" beside the database, which goes with the process however that
// ends. The database file itself is never opened here: closing it would drop SQLite's own locks. With PostgreSQL an
// advisory lock on a connection of its own, which goes with that connection.
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>

#include <memory>
#include <optional>

namespace latchkey {

class postgres_lock;

class database_lock {
public:
    // Takes over the open descriptor that holds the lock.
    explicit database_lock(int descriptor) noexcept;
    explicit database_lock(std::unique_ptr<postgres_lock> lock) noexcept;
    database_lock(database_lock&& other) noexcept;
    database_lock& operator=(database_lock&&) = delete;
    ~database_lock();

    // Whether it is still held; one whose connection was lost is taken again if it can be. False: another server has it
    // now. Asked every second or so, by one thread at a time. Throws std::runtime_error when the database cannot be
    // asked: then nobody knows.
    bool keep();

private:
    int descriptor_ = -1;
    std::unique_ptr<postgres_lock> lock_;
};

enum class server_sharing {
    alone,         // this server has the sessions in its memory
    with_servers,  // they are elsewhere
};

// For the life of a server. Waits up to `patience` for it. Throws std::runtime_error with a sentence for the operator.
database_lock lock_for_server(const database_options& options, milliseconds patience = milliseconds{5'000},
                              server_sharing sharing = server_sharing::alone);

// For a command, beside servers that share. Nothing: a server that does not has the lock. Throws std::runtime_error
// with a sentence for the operator when the database cannot be used.
std::optional<database_lock> lock_for_command(const database_options& options);

}  // namespace latchkey
