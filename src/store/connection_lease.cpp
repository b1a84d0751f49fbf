#include "connection_lease.hpp"

namespace latchkey {

connection_lease::connection_lease(sql_database& database)
    : pool_(database.pool()), place_(pool_.lease()), sql_(pool_.at(place_)) {
    try {
        if (database.is_lost(sql_))
            sql_.reconnect();
        use_ = database.use(sql_);
    } catch (...) {
        pool_.give_back(place_);
        throw;
    }
}

connection_lease::~connection_lease() {
    use_.reset();
    try {
        pool_.give_back(place_);
    } catch (const std::exception&) {
        // That it was not leased: it was.
    }
}

}  // namespace latchkey
