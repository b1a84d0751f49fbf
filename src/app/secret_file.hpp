// Keys and tokens come from files that nobody else can read (requirement S1).
#pragma once

#include "quantity.hpp"

#include <latchkey/secret.hpp>

#include <string>

namespace latchkey {

// The content of `path`, less one newline at its end. Refused, with a reason that names no content: a file that cannot
// be read or is no regular file (a symbolic link to one will do), one that belongs to another user than the caller or
// root, one that group or others may read or write, fewer than 32 bytes or more than 64 Ki, and a value that was copied
// from an example.
parsed<secret> read_secret_file(const std::string& path);

// Likewise a password that another program has chosen: its one line, however short.
parsed<secret> read_password_file(const std::string& path);

}  // namespace latchkey
