#include <latchkey/config.hpp>

namespace latchkey {

std::string config::cookie_name() const {
    if (!cookie.name.empty())
        return cookie.name;
    // Browsers take both prefixes only from a secure origin, and __Host- only without a Domain.
    if (!cookie.secure)
        return "session";
    return cookie.domain.empty() ? "__Host-session" : "__Secure-session";
}

}  // namespace latchkey
