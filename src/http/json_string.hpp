// JSON text written by hand, for answers that must not end the program where memory is short (E5): nlohmann's arrays
// and objects allocate when they are destroyed. Its strings don't.
#pragma once

#include <latchkey/group_list.hpp>

#include <string>
#include <string_view>

namespace latchkey::http {

// `text` in quotes, escaped (RFC 8259 section 7). What is not UTF-8 is replaced: names and user agents were checked
// when they were stored, but somebody else may have written to the store.
std::string json_string(std::string_view text);

// An array of them.
std::string json_string(const group_list& texts);

}  // namespace latchkey::http
