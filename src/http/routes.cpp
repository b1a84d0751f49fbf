#include "routes.hpp"

#include "login_body.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace latchkey::http {
namespace {

constexpr std::uint16_t bit(method m) noexcept {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(m));
}
constexpr std::uint16_t get = bit(method::get) | bit(method::head);
constexpr std::uint16_t post = bit(method::post);

// A path may stand twice, with different methods. The busiest comes first.
constexpr std::array table{
    route{"/api/authz/auth-request", get, body_rule::none, auth_request},
    route{"/sessions/whoami", get, body_rule::none, whoami},
    route{"/login", post, body_rule::required, login},
    route{"/login", get, body_rule::none, show_login},
    route{"/logout", post, body_rule::optional, logout},
    route{"/account", get, body_rule::none, show_account},
    route{"/assets/latchkey.css", get, body_rule::none, stylesheet},
    route{"/health/alive", get, body_rule::none, alive},
    route{"/health/ready", get, body_rule::none, ready},
    route{"/healthz", get, body_rule::none, ready},
};

std::string allowed_methods(std::string_view path) {
    std::uint16_t methods = 0;
    for (const auto& r : table)
        if (r.path == path)
            methods = static_cast<std::uint16_t>(methods | r.methods);
    std::string list;
    for (const auto& [m, name] : {std::pair{method::get, "GET"}, {method::head, "HEAD"}, {method::post, "POST"}})
        if (methods & bit(m))
            list.append(list.empty() ? "" : ", ").append(name);
    return list;
}

void refuse_method(exchange& x, std::string_view allow) {
    const auto& p = problems::method_not_allowed;
    x.refuse(p, {}, allow);
}

bool has_acceptable_body(const exchange& x, body_rule rule) noexcept {
    if (rule == body_rule::none)
        return true;
    if (x.head.is_repeated(field::content_type) || x.head.has(field::content_encoding))
        return false;
    if (!x.head.has(field::content_type))
        return rule == body_rule::optional && x.head.content_length == 0;
    return format_of(x.head[field::content_type]) != body_format::unsupported;
}

}  // namespace

const route* find_route(exchange& x) {
    const auto verb = x.head.verb;
    // Neither is ever meaningful here, whatever the target says (requirement H8).
    if (verb == method::trace || verb == method::connect) {
        refuse_method(x, allowed_methods(x.head.path));
        return nullptr;
    }
    bool known_path = false;
    for (const auto& r : table) {
        if (r.path != x.head.path)
            continue;
        known_path = true;
        if (!r.accepts(verb))
            continue;
        if (verb != method::get && verb != method::head && !x.svc.same_site.permits(x.head)) {
            x.refuse(problems::cross_site, "Use this server at " + x.svc.redirect.own_origin() + " only");
            return nullptr;
        }
        if (!has_acceptable_body(x, r.body)) {
            x.refuse(problems::unsupported_media_type);
            return nullptr;
        }
        return &r;
    }
    if (known_path)
        refuse_method(x, allowed_methods(x.head.path));
    else
        x.refuse(problems::not_found);
    return nullptr;
}

}  // namespace latchkey::http
