// `latchkey access explain`: what the access rules of the configuration say to a request, and why.
#pragma once

#include "console.hpp"

#include <string>

namespace latchkey {

struct explain_request {
    std::string config_file;  // empty: search
    bool json = false;
    std::string email;  // as typed; empty with `anonymous`
    bool anonymous = false;
    std::string url;
    std::string method = "GET";
    std::string ip;  // empty: not known
};

// exit_done: the request may pass. exit_refused: it may not, or not before a login. The user is looked up as
// `latchkey user show` does; for an anonymous caller no database is needed.
int explain_access_command(const console& io, const explain_request& request);

}  // namespace latchkey
