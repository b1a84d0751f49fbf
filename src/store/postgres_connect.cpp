#include "postgres_connect.hpp"

#include <soci/postgresql/soci-postgresql.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include <poll.h>

namespace latchkey {

std::string one_line(std::string text) {
    constexpr std::string_view preamble = "Cannot establish connection to the database.";
    if (text.starts_with(preamble))
        text.erase(0, preamble.size());
    std::replace(text.begin(), text.end(), '\n', ' ');
    const auto begin = text.find_first_not_of(' ');
    if (begin == std::string::npos)
        return "no reason given";
    return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

PGconn* connection_of(soci::session& sql) noexcept {
    auto* const backend = static_cast<soci::postgresql_session_backend*>(sql.get_backend());
    return backend ? backend->conn_ : nullptr;
}

bool is_lost(PGconn* connection) noexcept {
    if (!connection || PQstatus(connection) != CONNECTION_OK)
        return true;
    // First what it said, then that it has gone. A server with new settings has something to say, too.
    pollfd ready{PQsocket(connection), POLLIN, 0};
    while (::poll(&ready, 1, 0) > 0)
        if (PQconsumeInput(connection) == 0 || PQstatus(connection) != CONNECTION_OK)
            return true;
    return false;
}

void connect_postgres(soci::session& sql, const database_options& options, postgres_role role,
                      const std::string& name) try {
    sql.open(soci::postgresql, postgres_connection(options, role));
} catch (const soci::soci_error& e) {
    throw std::runtime_error("cannot open " + name + ": " + one_line(e.get_error_message()));
}

}  // namespace latchkey
