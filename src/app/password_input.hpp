// Passwords from standard input and from a person at a terminal; never from argv, which everybody on the machine sees.
#pragma once

#include "failure.hpp"

#include <latchkey/secret.hpp>

#include <string>

namespace latchkey {

// The first line of `fd`, without its newline and otherwise byte for byte. Refused: an empty one, and more than 1,024
// bytes. Reads not a byte beyond the line.
attempt<secret> read_password_line(int fd);

// Asks twice on `terminal`, without echo. Refused: two different answers, no terminal.
attempt<secret> ask_for_new_password(const char* terminal, const std::string& whose);

// Whether a person at `terminal` answered "yes".
attempt<bool> ask_yes_or_no(const char* terminal, const std::string& question);

}  // namespace latchkey
