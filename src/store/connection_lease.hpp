// A connection of the pool, for as long as a piece of work takes.
#pragma once

#include "sql_database.hpp"

#include <cstddef>
#include <memory>

namespace latchkey {

class connection_lease {
public:
    // Waits for a free one, and connects it anew when it was lost. Throws what the database's library throws.
    explicit connection_lease(sql_database& database);
    ~connection_lease();
    connection_lease(const connection_lease&) = delete;
    connection_lease& operator=(const connection_lease&) = delete;

    soci::session& sql() noexcept { return sql_; }

private:
    soci::connection_pool& pool_;
    const std::size_t place_;
    soci::session& sql_;
    std::shared_ptr<void> use_;
};

}  // namespace latchkey
