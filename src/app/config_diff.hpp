// What a new configuration changes: for a running server that takes over what it can and names the rest.
#pragma once

#include <latchkey/config.hpp>

#include <string>
#include <vector>

namespace latchkey {

// Keys whose values differ, as "session.idle_timeout", in the order of config_keys().
struct config_changes {
    std::vector<std::string> live;           // a reload can put the new value in force
    std::vector<std::string> needs_restart;  // only a restart can
};

config_changes diff_configs(const config& in_force, const config& wanted);

// Copies the values of all live keys, and of no others.
void take_live_values(const config& from, config& into);

}  // namespace latchkey
