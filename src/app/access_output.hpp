// The explanation of an access decision, in words and as JSON.
#pragma once

#include "access_explanation.hpp"
#include "console.hpp"

#include <latchkey/user.hpp>

#include <optional>
#include <string>

namespace latchkey {

struct explained_request {
    std::string url, method;
    std::string host, path;  // the host in canonical form where it has one; the path as it was asked for
    client_address client;
    std::optional<user> who;                // nothing: anonymous
    std::optional<access_explanation> why;  // nothing: the URL is refused before any rule is asked
};

void print_explanation(const console& io, bool json, const loaded_config& loaded, const explained_request& asked);

}  // namespace latchkey
