// `latchkey …`: reads the command line and runs what it asks for.
#pragma once

#include "console.hpp"

namespace latchkey {

// Returns what the process ends with: 0 done, 1 refused or not found, 2 usage or configuration, 3 store unavailable.
int run_command_line(int argc, char** argv);

// The same with streams and environment of the caller's. argv[0] is the program's name.
int run_command_line(int argc, const char* const* argv, const console& io);

}  // namespace latchkey
