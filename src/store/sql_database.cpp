#include "sql_database.hpp"

#include "sqlite_database.hpp"

#include <stdexcept>
#include <string_view>

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

std::unique_ptr<sql_database> open_database(const database_options& options) {
    constexpr std::string_view sqlite = "sqlite:";
    if (options.url.starts_with(sqlite))
        return open_sqlite_database(options.url.substr(sqlite.size()), options.pool_size);
    // The url may hold a password: it is not repeated.
    throw std::runtime_error("database.url must be \"sqlite:\" followed by the path of the database file");
}

}  // namespace latchkey
