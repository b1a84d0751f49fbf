#include "session_cookie.hpp"

namespace latchkey::http {

session_cookie::session_cookie(const cookie_options& options, std::string_view name)
    : prefix_("Set-Cookie: " + std::string(name) + "="), attributes_("; Path=/") {
    if (!options.domain.empty())
        attributes_ += "; Domain=" + options.domain;
    if (options.secure)
        attributes_ += "; Secure";
    attributes_ += "; HttpOnly; SameSite=" + options.same_site;
}

void session_cookie::append_set(std::string& out, std::string_view token, std::optional<seconds> max_age) const {
    out.append(prefix_).append(token).append(attributes_);
    if (max_age)
        out.append("; Max-Age=").append(std::to_string(max_age->count()));
    out.append("\r\n");
}

void session_cookie::append_clear(std::string& out) const {
    out.append(prefix_).append(attributes_).append("; Max-Age=0\r\n");
}

}  // namespace latchkey::http
