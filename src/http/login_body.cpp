#include "login_body.hpp"

#include "body_fields.hpp"

#include <array>

namespace latchkey::http {

result<login_fields> parse_login(std::string_view body, body_format format) {
    login_fields out;
    const std::array fields{body_field{"email", &out.email}, body_field{"password", &out.password},
                            body_field{"remember_me", &out.remember_me, false}, body_field{"rd", &out.rd, false}};
    if (const auto read = read_body(body, format, fields); !read)
        return read.error();
    return out;
}

}  // namespace latchkey::http
