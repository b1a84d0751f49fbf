// The files with secrets, and for TLS, that a configuration names: whether the server could use them.
//
// Apart from load_config(), as most commands have no business with them, and neither permission.
#pragma once

#include "console.hpp"
#include "load_config.hpp"

#include <string>

namespace latchkey {

// Adds to the faults of `loaded`, with the places of the keys that name the files. `inspecting`: the caller is somebody
// who looks for faults, and perhaps not the server's account: to root, files of other accounts are a warning.
void check_named_files(loaded_config& loaded, bool inspecting);

// load_for_command(), and these files.
loaded_config load_for_server(const console& io, const std::string& file, bool json, bool inspecting);

}  // namespace latchkey
