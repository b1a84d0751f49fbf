// Where a command reads and writes: the process's own streams, or a test's.
#pragma once

#include "failure.hpp"
#include "load_config.hpp"

#include <iosfwd>
#include <string>

namespace latchkey {

struct console {
    std::ostream& out;
    std::ostream& err;
    int in = 0;                         // file descriptor of standard input
    const char* terminal = "/dev/tty";  // where a person is asked
    environment variables;              // overrides of the configuration
};

// One plain sentence on `err`, "latchkey: …"; with `json` also {"code":…,"title":…} on a line of its own. Returns what
// the process ends with.
int complain(const console& io, bool json, const failure& why);

// The faults on `err`, one a line, and then as a complaint; nothing when there are none.
void tell_faults(const console& io, const loaded_config& loaded, bool json);

// Reads the configuration for a command that needs one. Tells its faults; the caller ends with exit_usage when `faults`
// is not empty.
loaded_config load_for_command(const console& io, const std::string& file, bool json);

}  // namespace latchkey
