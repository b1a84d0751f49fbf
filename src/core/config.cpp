#include <latchkey/config.hpp>

#include <string_view>

namespace latchkey {

std::string config::cookie_name() const {
    if (!cookie.name.empty())
        return cookie.name;
    // Browsers take both prefixes only from a secure origin, and __Host- only without a Domain.
    if (!cookie.secure)
        return "session";
    return cookie.domain.empty() ? "__Host-session" : "__Secure-session";
}

std::string config::device_cookie_name() const {
    return cookie.secure ? "__Host-device" : "device";
}

std::string config::token_issuer() const {
    return tokens.issuer.empty() ? server.public_url : tokens.issuer;
}

std::string config::token_audience() const {
    return tokens.audience.empty() ? token_issuer() : tokens.audience;
}

std::string config::admin_address() const {
    if (!server.admin_listen.empty())
        return server.admin_listen == "off" ? std::string{} : server.admin_listen;
    constexpr std::string_view sqlite = "sqlite:";
    return database.url.starts_with(sqlite) ? "unix:" + database.url.substr(sqlite.size()) + "-admin" : std::string{};
}

}  // namespace latchkey
