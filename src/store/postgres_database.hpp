// PostgreSQL as the SQL database: the one place that knows its settings, its connections and its error codes.
#pragma once

#include "sql_database.hpp"

#include <memory>

namespace latchkey {

// Connects to what `options.url` names (see postgres_url.hpp), with options.password. Commits are durable as far as the
// server's own settings go, which warnings() tells. Nothing that is asked through a lease takes longer than
// postgres_patience; then the connection is lost, and the next lease has another. Throws std::runtime_error, with a
// sentence for the operator, when it cannot be reached or refuses, is a standby, has another encoding than UTF-8, or
// belongs to another program.
std::unique_ptr<sql_database> open_postgres_database(const database_options& options);

}  // namespace latchkey
