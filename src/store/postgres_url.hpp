// "postgresql://…" as a place of the database: what libpq takes for a connection URI (PostgreSQL manual, 34.1.1.2),
// less what Latchkey says itself, and less secrets.
#pragma once

#include <latchkey/config.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

bool is_postgres_url(std::string_view url) noexcept;

// What is wrong with it, without a word of it, which may hold a password; "" when nothing.
std::string postgres_url_fault(std::string_view url);

// Where and what it is, for messages: "latchkey at 10.0.0.7:5432". Empty for a URL with a fault.
std::string postgres_place(std::string_view url);

// Who may be connected to: hosts, addresses and directories of sockets. Whether they have to prove it by a certificate.
struct postgres_reach {
    std::vector<std::string> hosts;
    bool verified = false;
};
postgres_reach reach_of(std::string_view url);

// What a connection is for.
enum class postgres_role {
    worker,   // short transactions: the server ends what takes longer than postgres_patience
    journal,  // likewise, but for the loading of all sessions
    lock,     // nothing but a lock
};

inline constexpr int postgres_patience = 5;  // seconds

// What libpq connects by. Throws std::runtime_error for a URL with a fault.
std::string postgres_connection(const database_options& options, postgres_role role);

}  // namespace latchkey
