// The configuration in force: built-in defaults, overridden by one TOML file, overridden by the environment.
//
// Every fault is found in one go, with its place and key (requirement S2). Runs once at start, before any thread.
#pragma once

#include <latchkey/config.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace latchkey {

// Where a value was said.
struct config_place {
    std::string source;  // the file, "environment:LATCHKEY_…", or empty: a built-in default
    unsigned line = 0;   // of the file; 0: none

    std::string text() const;  // "latchkey.toml:12", "environment:LATCHKEY_LOG_LEVEL", "default"
};

struct config_fault {
    config_place place;
    std::string key;  // "session.idle_timeout"; empty where no key is concerned
    std::string reason;

    std::string text() const;  // "latchkey.toml:12: session.idle_timeout: …"
};

struct loaded_config {
    config values;                      // whole only when there is no fault
    std::vector<config_fault> faults;   // by place: the file from top to bottom, then the environment
    std::vector<std::string> warnings;  // accepted, but an operator should know: worded like faults
    std::string file;                   // what was read; empty: there was none
    std::vector<config_place> places;   // one for each of config_keys(), in that order
    std::vector<unsigned> rule_lines;   // of the file, one for each of the access rules
};

using environment = std::vector<std::pair<std::string, std::string>>;

// The process's own.
environment process_environment();

// Reads `file`, or where none is given the first of ./latchkey.toml and /etc/latchkey/latchkey.toml that exists.
// Throws std::bad_alloc only.
loaded_config load_config(const std::optional<std::string>& file, const environment& variables);

}  // namespace latchkey
