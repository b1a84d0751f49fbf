#include "sql_database.hpp"

#include "sqlite_database.hpp"
#include "sqlite_file.hpp"

#include <stdexcept>

namespace latchkey {

exclusive_transaction::~exclusive_transaction() {
    if (!open_)
        return;
    try {
        sql_.rollback();
    } catch (const soci::soci_error&) {
        // The database gave the transaction up by itself, which is what was wanted.
    }
}

void exclusive_transaction::commit() {
    sql_.commit();
    open_ = false;
}

std::unique_ptr<sql_database> connect_database(const database_options& options) {
    if (const auto file = sqlite_file_of(options))
        return open_sqlite_database(*file, options.pool_size);
    // The url may hold a password: it is not repeated.
    throw std::runtime_error("database.url must be \"sqlite:\" followed by the path of the database file");
}

}  // namespace latchkey
