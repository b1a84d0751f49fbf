// `latchkey session …`: everybody's sessions, through the running server where there is one, else in the database.
//
// Each function returns what the process ends with and has said on `io` whatever there is to say.
#pragma once

#include "console.hpp"

#include <string>

namespace latchkey {

struct session_request {
    std::string config_file;  // empty: search
    bool json = false;
    std::string id;     // as typed; empty: none
    std::string email;  // the same
};

// Of one user, newest first, or of everybody. id: not looked at.
int list_sessions(const console& io, const session_request& request);

// One session by its id, or all of a user: either id or email.
int revoke_sessions(const console& io, const session_request& request);

}  // namespace latchkey
