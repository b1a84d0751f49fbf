// Finding and reading the configuration file.
#pragma once

#include "quantity.hpp"

#include <string>

namespace latchkey {

// The first of ./latchkey.toml and /etc/latchkey/latchkey.toml that exists, or nothing. A file in the working directory
// counts only when it belongs to the caller or to root: elsewhere anybody could have put it there.
std::string find_config_file();

// The whole text. Refused: what cannot be read, a directory, more than 1 MiB, and what is not UTF-8.
parsed<std::string> read_config_file(const std::string& path);

}  // namespace latchkey
