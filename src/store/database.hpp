// Opening the SQL database, for those who hand it to the stores that are made of it.
#pragma once

#include <latchkey/config.hpp>

#include <memory>
#include <string>
#include <vector>

namespace latchkey {

class sql_database;

// `code`: for the log. `text`: what it means.
struct database_warning {
    std::string code;
    std::string text;
};
// What the operator should know of its settings.
std::vector<database_warning> warnings_of(const sql_database& database);

// Opens what `options.url` names ("sqlite:path" or "postgresql://…"), with options.password. A file is made when it is
// not there, and checked for damage. Brings the schema up to date. Users, journal and commands share one. Up to
// options.pool_size threads work at a time; a further one waits for its turn. Throws std::runtime_error with a sentence
// for the operator.
std::shared_ptr<sql_database> open_database(const database_options& options);

}  // namespace latchkey
