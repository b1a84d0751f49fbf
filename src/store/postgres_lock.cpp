#include "postgres_lock.hpp"

#include "postgres_connect.hpp"
#include "postgres_url.hpp"

#include <stdexcept>

namespace latchkey {

postgres_lock::postgres_lock(const database_options& options, bool shared)
    : options_(options), shared_(shared), name_("the database " + postgres_place(options.url)) {
    connect_postgres(sql_, options_, postgres_role::lock, name_);
}

bool postgres_lock::take() try {
    int taken = 0;
    sql_ << (shared_ ? "SELECT CASE WHEN pg_try_advisory_lock_shared(1279346009, 1) THEN 1 ELSE 0 END"
                     : "SELECT CASE WHEN pg_try_advisory_lock(1279346009, 1) THEN 1 ELSE 0 END"),
        soci::into(taken);
    return taken == 1;
} catch (const soci::soci_error& e) {
    throw std::runtime_error("cannot lock " + name_ + ": " + one_line(e.get_error_message()));
}

bool postgres_lock::keep() {
    if (!is_lost(connection_of(sql_)))
        return true;
    if (sql_.get_backend())
        sql_.close();
    connect_postgres(sql_, options_, postgres_role::lock, name_);
    return take();
}

}  // namespace latchkey
