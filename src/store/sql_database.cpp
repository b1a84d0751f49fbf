#include "sql_database.hpp"

#include "postgres_database.hpp"
#include "postgres_url.hpp"
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
    try {
        sql_.commit();
    } catch (const soci::soci_error&) {
        if (database_.is_fenced())
            database_.doubt();
        throw;
    }
    open_ = false;
}

std::unique_ptr<sql_database> connect_database(const database_options& options) {
    if (const auto file = sqlite_file_of(options))
        return open_sqlite_database(*file, options.pool_size);
    if (is_postgres_url(options.url))
        return open_postgres_database(options);
    // The url may hold a password: it is not repeated.
    throw std::runtime_error("database.url must be \"sqlite:\" and the path of a file, or \"postgresql://…\"");
}

}  // namespace latchkey
