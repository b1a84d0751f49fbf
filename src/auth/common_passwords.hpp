// The built-in list of common passwords (requirement P2); its source is told in data/README.md.
//
// Pure look-ups in the program's read-only data: nothing is loaded, copied or allocated, not even the question.
#pragma once

#include <cstddef>
#include <string_view>

namespace latchkey {

// Whether `password` is on the list, upper and lower case of ASCII letters being the same.
bool is_common_password(std::string_view password) noexcept;

// The list itself: entries in byte order, each ended by a newline.
std::string_view common_password_list() noexcept;

}  // namespace latchkey
