// Reading users out of query results.
#pragma once

#include <latchkey/user_store.hpp>

#include <soci/soci.h>

#include <string>
#include <vector>

namespace latchkey {

// A bound parameter of a query: `:name` and its value.
struct text_parameter {
    std::string name;
    std::string value;
};

// Runs "SELECT <the columns of a user> <from_clause>", where `from_clause` names users `u` and, left-joined, its
// user_groups `g`, and collects the users in the order of the rows. Throws soci::soci_error, and std::runtime_error
// for a row that breaks the rules for users: some other program wrote it, and no header is made from it.
std::vector<stored_user> select_users(soci::session& sql, const std::string& from_clause, text_parameter parameter);

}  // namespace latchkey
