// Routes by what they are for, as the metrics tell them apart: few, so that a dashboard can show them all.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace latchkey::http {

enum class route_group : std::uint8_t {
    none,  // refused before there was a route
    check,
    login,
    logout,
    session,
    credential,
    page,
    token,
    health,
    admin,
    metrics,
};

inline constexpr std::array<std::string_view, 11> route_group_names{
    "none", "check", "login", "logout", "session", "credential", "page", "token", "health", "admin", "metrics"};

// `reads`: the route takes no method but GET and HEAD. For tables that are made when the program is compiled.
constexpr route_group group_of(std::string_view path, bool reads) noexcept {
    if (path.starts_with("/api/authz/") || path == "/oauth2/auth")
        return route_group::check;
    if (path == "/login" && !reads)
        return route_group::login;
    if (path == "/logout")
        return route_group::logout;
    if (path == "/password" || path == "/account/password" || path == "/sessions/reauthenticate")
        return route_group::credential;
    if (path.starts_with("/token") || path == "/sessions/token" || path == "/revocations" ||
        path.starts_with("/.well-known/"))
        return route_group::token;
    if (path.starts_with("/sessions") || path.starts_with("/account/sessions"))
        return route_group::session;
    if (path.starts_with("/health"))
        return route_group::health;
    if (path.starts_with("/admin/"))
        return route_group::admin;
    return path == "/metrics" ? route_group::metrics : route_group::page;
}

}  // namespace latchkey::http
