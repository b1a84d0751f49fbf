// The Set-Cookie line of the session cookie (RFC 6265 section 4.1, RFC 6265bis prefixes; requirement C1).
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace latchkey::http {

class session_cookie {
public:
    session_cookie(const cookie_options& options, std::string_view name);

    // Appends "Set-Cookie: …\r\n". Without `max_age` the cookie ends with the browser.
    void append_set(std::string& out, std::string_view token, std::optional<seconds> max_age) const;
    // The same cookie, emptied and expired.
    void append_clear(std::string& out) const;

private:
    std::string prefix_;      // "Set-Cookie: __Host-session="
    std::string attributes_;  // "; Path=/; Secure; HttpOnly; SameSite=Lax"
};

}  // namespace latchkey::http
