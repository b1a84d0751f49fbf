#include "database.hpp"

#include "migrations.hpp"
#include "sql_database.hpp"

#include <utility>

namespace latchkey {

std::vector<database_warning> warnings_of(const sql_database& database) {
    return database.warnings();
}

std::shared_ptr<sql_database> open_database(const database_options& options) {
    std::shared_ptr<sql_database> database = connect_database(options);
    migrate(*database);
    return database;
}

}  // namespace latchkey
