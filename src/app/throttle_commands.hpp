// `latchkey throttle …`: what is held against clients and accounts, in the running server where there is one, else in
// the database.
//
// Each function returns what the process ends with and has said on `io` whatever there is to say.
#pragma once

#include "console.hpp"

#include <string>

namespace latchkey {

struct throttle_request {
    std::string config_file;  // empty: search
    bool json = false;
    std::string id, account, client;  // as typed; empty: not given
    bool all = false;
};

// id and all: not looked at.
int list_throttles(const console& io, const throttle_request& request);

// Those that fit whatever was given, or all of them: one or the other must be said.
int clear_throttles(const console& io, const throttle_request& request);

}  // namespace latchkey
