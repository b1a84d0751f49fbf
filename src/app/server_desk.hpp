// The commands' desk at a running server, which does the work and has its sessions at hand.
#pragma once

#include "account_desk.hpp"
#include "admin_client.hpp"

#include <memory>

namespace latchkey {

std::unique_ptr<account_desk> make_server_desk(http::admin_client server);

}  // namespace latchkey
