// A request body as a handful of named values, be it a JSON object or a form.
//
// One reader for every endpoint, so that all are equally strict: one flat object, valid UTF-8, no name twice, the right
// types, nothing behind it. Members that nobody asked for are passed over, nested up to 8 deep (requirement L3).
// Passwords go from the body into a secret without a stop.
#pragma once

#include "body_format.hpp"

#include <latchkey/error.hpp>
#include <latchkey/secret.hpp>

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace latchkey::http {

// Where a value goes. An optional one that is missing leaves it as it is; so does null, for text.
struct body_field {
    std::string_view name;
    std::variant<std::string*, secret*, bool*> into;  // in a form, "true", "on" and "1" are true and all else false
    bool required = true;
};

// errc::invalid_request, with part of the fields perhaps filled in.
result<void> read_body(std::string_view body, body_format format, std::span<const body_field> fields);

}  // namespace latchkey::http
