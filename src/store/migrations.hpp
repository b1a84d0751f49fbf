// The database schema and its history.
#pragma once

#include "sql_database.hpp"

namespace latchkey {

// The schema this program works with.
int newest_schema_version() noexcept;

// Brings the database to newest_schema_version(), one transaction per step. Any number of processes may do this at
// once: each step is taken by one of them. Throws std::runtime_error, with a sentence for the operator, when a step
// fails or when the database was made by a newer program; nothing of the failed step remains then.
void migrate(sql_database& database);

}  // namespace latchkey
