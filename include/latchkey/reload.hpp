// A new configuration for a running server (requirement D7).
//
// What can be changed live is swapped whole; what cannot is named and keeps its old value; a configuration with a fault
// changes nothing at all.
#pragma once

#include <latchkey/async.hpp>

#include <string>
#include <vector>

namespace latchkey {

struct reload_report {
    std::vector<std::string> faults;  // "latchkey.toml:12: session.idle_timeout: …"; when not empty, nothing changed
    std::vector<std::string> warnings;       // worded like faults
    std::vector<std::string> applied;        // keys whose value changed and is in force: "session.idle_timeout"
    std::vector<std::string> needs_restart;  // keys whose value changed in the file, and is not
};

class reloader {
public:
    virtual ~reloader() = default;
    // Reads the configuration again. One at a time; may be called from every io thread.
    virtual task<reload_report> reload() = 0;
};

}  // namespace latchkey
