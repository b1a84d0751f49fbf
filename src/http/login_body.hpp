// What a login body says.
#pragma once

#include "body_format.hpp"

#include <latchkey/error.hpp>
#include <latchkey/secret.hpp>

#include <string>
#include <string_view>

namespace latchkey::http {

struct login_fields {
    std::string email;
    secret password;
    bool remember_me = false;
    std::string rd;
};

// `email` and `password` must be there. errc::invalid_request as read_body() (body_fields.hpp).
result<login_fields> parse_login(std::string_view body, body_format format);

}  // namespace latchkey::http
