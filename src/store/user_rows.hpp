// Reading users out of query results.
#pragma once

#include <latchkey/user_store.hpp>

#include <soci/soci.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace latchkey {

// A bound parameter of a query: `:name` and its value.
struct text_parameter {
    std::string name;
    std::string value;
};

// Runs "SELECT <the columns of a user> <from_clause>", where `from_clause` names users `u` and, left-joined, its
// user_groups `g`, and collects the users in the order of the rows. A row that breaks the rules for users was written
// by some other program, and no header is made from it: such a user is left out and counted in `damaged`, or, without
// one, std::runtime_error is thrown. Throws soci::soci_error.
std::vector<stored_user> select_users(soci::session& sql, const std::string& from_clause,
                                      const std::optional<text_parameter>& parameter, std::size_t* damaged = nullptr);

}  // namespace latchkey
