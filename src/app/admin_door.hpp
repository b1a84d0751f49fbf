// How commands reach a running server: by the address, and where needed the token, that the configuration names.
#pragma once

#include "admin_client.hpp"
#include "failure.hpp"

#include <latchkey/config.hpp>

namespace latchkey {

// A failure when server.admin_token_file is needed and cannot be read.
attempt<http::admin_client> make_admin_client(const config& options);

// For a reply that is no answer. `address` is the client's.
failure unanswered(const http::admin_reply& reply, const std::string& address);

}  // namespace latchkey
