#include "database_rules.hpp"

#include "host_name.hpp"
#include "postgres_url.hpp"

#include <algorithm>

namespace latchkey {

std::string database_url_fault(std::string_view value) {
    constexpr std::string_view sqlite = "sqlite:";
    if (is_postgres_url(value))
        return postgres_url_fault(value);
    if (!value.starts_with(sqlite))
        return "must begin with \"sqlite:\" or \"postgresql://\"";
    const std::string_view path = value.substr(sqlite.size());
    if (path.empty())
        return "names no file after \"sqlite:\"";
    if (path.starts_with(":memory:"))
        return "names no file: an in-memory database would forget every user";
    if (path.find('"') != std::string_view::npos)
        return "must not have a double quote in its path";
    return {};
}

// There is no place beside it that all who may administer this server could find.
std::string postgres_admin_fault(const config& c) {
    return is_postgres_url(c.database.url) && c.server.admin_listen.empty()
               ? "with users in PostgreSQL it must be said: \"unix:/run/latchkey/admin\", or \"off\""
               : "";
}

std::string database_password_warning(const config& c) {
    return !c.database.password_file.empty() && !is_postgres_url(c.database.url) ? "is not used: SQLite has no password"
                                                                                 : "";
}

std::string postgres_plain_warning(const config& c) {
    if (!is_postgres_url(c.database.url) || !postgres_url_fault(c.database.url).empty())
        return {};
    const postgres_reach reach = reach_of(c.database.url);
    const auto away = [](const std::string& host) { return !host.starts_with('/') && !is_loopback(host); };
    return !reach.verified && std::any_of(reach.hosts.begin(), reach.hosts.end(), away)
               ? "users and password hashes travel to another machine, and nothing makes sure to which: with "
                 "\"?sslmode=verify-full\" they are encrypted for that host alone"
               : "";
}

}  // namespace latchkey
