// `latchkey config reload`: has the running server take over what changed in its configuration (requirement D7).
#pragma once

#include "config_commands.hpp"

namespace latchkey {

// Tells what is in force now and what waits for a restart; with a fault, every one of them, and nothing has changed.
// Returns exit_done, exit_usage for faults, exit_unavailable when no server answers.
int reload_config(const console& io, const config_request& request);

}  // namespace latchkey
