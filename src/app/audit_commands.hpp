// `latchkey audit tail`.
#pragma once

#include "console.hpp"

#include <cstddef>
#include <string>

namespace latchkey {

struct audit_request {
    std::string config_file;
    bool json = false;
    std::size_t count = 10;
    bool follow = false;
};

// Prints the last audit events; with `follow` also those that come, until it is killed or nobody reads any more.
int tail_audit(const console& io, const audit_request& request);

}  // namespace latchkey
