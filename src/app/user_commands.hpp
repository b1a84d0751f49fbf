// `latchkey user …`: through the running server where there is one, else on the database (open_desk.hpp). Either way
// it holds when the command returns: sessions that must end have ended, and what changed shows at the next check.
//
// Each function returns what the process ends with and has said on `io` whatever there is to say.
#pragma once

#include "console.hpp"
#include "new_password.hpp"

#include <optional>
#include <string>

namespace latchkey {

// What every one of them takes.
struct user_request {
    std::string config_file;  // empty: search
    bool json = false;
    std::string email;  // as typed
};

struct new_user_request {
    std::string name;
    std::string groups;  // separated by commas
    password_source password = password_source::prompt;
};

// What is not given stays.
struct user_edit {
    std::optional<std::string> name;
    std::optional<std::string> email;
};

struct group_changes {
    std::optional<std::string> set;  // separated by commas, as the others; alone
    std::string add;
    std::string remove;
};

int add_user(const console& io, const user_request& request, const new_user_request& fresh);
int list_users(const console& io, const user_request& request);  // email: none
int show_user(const console& io, const user_request& request);
int change_password(const console& io, const user_request& request, password_source source);
int set_user_disabled(const console& io, const user_request& request, bool disabled);
int edit_user(const console& io, const user_request& request, const user_edit& edit);
int change_groups(const console& io, const user_request& request, const group_changes& changes);
// Asks for a "yes" on the terminal unless `confirmed`.
int delete_user(const console& io, const user_request& request, bool confirmed);

}  // namespace latchkey
