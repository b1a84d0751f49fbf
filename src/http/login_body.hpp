// What a login body says, as JSON or as a form. The password goes from the body into a secret without a stop.
#pragma once

#include <latchkey/error.hpp>
#include <latchkey/secret.hpp>

#include <string>
#include <string_view>

namespace latchkey::http {

enum class body_format { json, form, unsupported };

// By media type, case-insensitively; a charset other than utf-8 is unsupported.
body_format format_of(std::string_view content_type) noexcept;

struct login_fields {
    std::string email;
    secret password;
    bool remember_me = false;
    std::string rd;
};

// errc::invalid_request for anything but one flat object (or form) with `email` and `password` as strings, valid
// UTF-8, no key twice, nested values (in keys that mean nothing here) at most 8 deep (requirement L3).
result<login_fields> parse_login(std::string_view body, body_format format);

// The value of `name` in an application/x-www-form-urlencoded text, decoded; "" when it is missing.
// errc::invalid_request when it is there twice or badly encoded.
result<std::string> form_value(std::string_view form, std::string_view name);

}  // namespace latchkey::http
