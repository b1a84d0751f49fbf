#include "device_cookie.hpp"

#include "field_rules.hpp"
#include "text.hpp"

namespace latchkey::http {

device_cookie::device_cookie(const config& options) : name_(options.device_cookie_name()), attributes_("; Path=/") {
    if (options.cookie.secure)
        attributes_ += "; Secure";
    attributes_ += "; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(options.throttle.device_memory.count());
}

presented_cookies device_cookie::in(const request_head& head) const noexcept {
    presented_cookies out;
    std::string_view lines = head.block;
    while (!lines.empty()) {
        std::string_view value = next_part(lines, '\n');
        if (value.ends_with('\r'))
            value.remove_suffix(1);
        const auto name = next_part(value, ':');
        if (iequals(name, "cookie"))
            read_cookies(trim(value), name_, out);
    }
    return out;
}

void device_cookie::append_set(std::string& out, std::string_view token) const {
    out.append("Set-Cookie: ").append(name_).append("=").append(token).append(attributes_).append("\r\n");
}

}  // namespace latchkey::http
