// `latchkey config check` and `latchkey config print`.
#pragma once

#include "console.hpp"

#include <string>

namespace latchkey {

struct config_request {
    std::string file;  // empty: search
    bool json = false;
};

// Faults and warnings on `err`, "ok" on `out` when there is no fault. With json one object on `out` says it all.
int check_config(const console& io, const config_request& request);

// Every key in force with where its value came from, as a TOML file that would set just these values.
int print_config(const console& io, const config_request& request);

}  // namespace latchkey
