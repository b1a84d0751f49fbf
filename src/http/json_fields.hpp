// The JSON half of body_fields.hpp.
#pragma once

#include "body_fields.hpp"

namespace latchkey::http {

// No document is built: hostile nesting ends the reading at once, a doubled name is seen, and text that was hidden is
// wiped from the lexer's buffer as soon as it has been taken.
result<void> read_json(std::string_view body, std::span<const body_field> fields);

}  // namespace latchkey::http
