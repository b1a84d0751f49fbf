// Opening the SQL database, for those who hand it to the stores that are made of it.
#pragma once

#include <latchkey/config.hpp>

#include <memory>

namespace latchkey {

class sql_database;

// Opens what `options.url` names ("sqlite:path" so far), makes it when it is not there, checks it for damage and brings
// its schema up to date. Users, journal and commands share one. Up to options.pool_size threads work at a time; a
// further one waits for its turn. Throws std::runtime_error with a sentence for the operator.
std::shared_ptr<sql_database> open_database(const database_options& options);

}  // namespace latchkey
