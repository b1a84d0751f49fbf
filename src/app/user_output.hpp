// Users as people and programs see them on standard output.
#pragma once

#include "console.hpp"

#include <latchkey/secret.hpp>
#include <latchkey/user.hpp>

#include <string_view>
#include <vector>

namespace latchkey {

// What a command did to one user: `sentence` for people, the user object for programs. A generated password is shown
// here and never again.
void print_user_change(const console& io, bool json, const user& u, std::string_view sentence,
                       const secret* generated = nullptr);

void print_user(const console& io, bool json, const user& u);
void print_users(const console& io, bool json, const std::vector<user>& users);

}  // namespace latchkey
