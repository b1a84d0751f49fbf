// SQLite as the SQL database: the one place that knows its PRAGMAs, its file and its error codes.
#pragma once

#include "sql_database.hpp"

#include <memory>
#include <string>

namespace latchkey {

// Opens the database file at the absolute `path`, and makes it first, for the owner's eyes only, when it is not there.
// Commits are durable (WAL, synchronous=FULL); a writer waits up to 5 s for another one. Throws std::runtime_error,
// with a sentence for the operator, when the file or its directory cannot be written, when the file is no database, is
// damaged, or belongs to another program.
std::unique_ptr<sql_database> open_sqlite_database(const std::string& path, unsigned pool_size);

}  // namespace latchkey
