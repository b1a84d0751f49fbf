// Who may change users and sessions in a database file: one server, which holds the sessions in its memory; or, while
// there is none of these, commands, and servers that have their sessions elsewhere.
//
// A lock on the file "<database file>-server" beside the database, which goes with the process however that ends. The
// database file itself is never opened here: closing it would drop SQLite's own locks.
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>

#include <optional>
#include <utility>

namespace latchkey {

class database_lock {
public:
    // Takes over the open descriptor that holds the lock; -1: nothing to lock.
    explicit database_lock(int descriptor) noexcept : descriptor_(descriptor) {}
    database_lock(database_lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    database_lock& operator=(database_lock&&) = delete;
    ~database_lock();

private:
    int descriptor_;
};

// For the life of a server: nobody else has the lock beside it. Waits up to `patience` for it. Throws
// std::runtime_error with a sentence for the operator that names the file.
database_lock lock_for_server(const database_options& options, milliseconds patience = milliseconds{5'000});

// For a command or a server that shares, beside others of these. Nothing: a server of the other kind has the lock.
// Throws std::runtime_error with a sentence for the operator when the file cannot be used.
std::optional<database_lock> lock_for_command(const database_options& options);

}  // namespace latchkey
