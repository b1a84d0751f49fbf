// `latchkey doctor`: explains what is wrong with a set-up, in words.
#pragma once

#include "console.hpp"

#include <string>

namespace latchkey {

struct doctor_request {
    std::string config_file;
    bool json = false;
    std::string url;         // a page behind the proxy that only people who signed in may see
    std::string ca_file;     // see probe_options
    std::string connect_to;  // see probe_options
};

// exit_done when nothing is wrong, exit_refused when something is.
int examine_setup(const console& io, const doctor_request& request);

}  // namespace latchkey
