// Opening one connection to PostgreSQL.
#pragma once

#include "postgres_url.hpp"

#include <soci/soci.h>

#include <string>

#include <libpq-fe.h>

namespace latchkey {

// Throws std::runtime_error with a sentence for the operator; `name`: of the database in it.
void connect_postgres(soci::session& sql, const database_options& options, postgres_role role, const std::string& name);

// Null where it is not connected.
PGconn* connection_of(soci::session& sql) noexcept;

// Whether an idle connection has ended, without asking: a server that ended has said so, or the kernel has for it.
bool is_lost(PGconn* connection) noexcept;

// What libpq and SOCI say, which may go over several lines.
std::string one_line(std::string text);

}  // namespace latchkey
