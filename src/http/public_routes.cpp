#include "routes.hpp"

#include <array>

namespace latchkey::http {
namespace {

// The busiest comes first; literals stand before the patterns that they hide.
constexpr std::array public_table{
    route{"/api/authz/auth-request", methods::get, body_rule::none, auth_request, site_rule::own, nullptr,
          auth_request_at_once},
    route{"/api/authz/forward-auth", methods::any, body_rule::none, forward_auth, site_rule::any, nullptr,
          forward_auth_at_once},
    route{"/api/authz/ext-authz/*", methods::any, body_rule::none, ext_authz, site_rule::any, nullptr,
          ext_authz_at_once},
    route{"/oauth2/auth", methods::get, body_rule::none, oauth2_auth, site_rule::own, nullptr, oauth2_auth_at_once},
    route{"/sessions/whoami", methods::get, body_rule::none, whoami},
    route{"/login", methods::post, body_rule::required, login, site_rule::own, refuse_login_early},
    route{"/login", methods::get, body_rule::none, show_login},
    route{"/logout", methods::post, body_rule::optional, logout},
    route{"/account", methods::get, body_rule::none, show_account},
    route{"/account/sessions/end", methods::post, body_rule::required, end_session_by_form},
    route{"/account/sessions/end-others", methods::post, body_rule::optional, end_other_sessions_by_form},
    route{"/account/password", methods::post, body_rule::required, change_password_by_form},
    route{"/login/refused", methods::get, body_rule::none, refused},  // for nginx, see config/nginx
    route{"/assets/latchkey.css", methods::get, body_rule::none, stylesheet},
    route{"/login/mark.svg", methods::get, body_rule::none, mark},  // under a path that every proxy leaves to us
    route{"/sessions", methods::get, body_rule::none, list_sessions},
    route{"/sessions", methods::erase, body_rule::none, end_sessions},
    route{"/sessions/reauthenticate", methods::post, body_rule::required, reauthenticate},
    route{"/sessions/token", methods::post, body_rule::optional, give_session_token},
    route{"/sessions/{id}", methods::erase, body_rule::none, end_session},
    route{"/password", methods::post, body_rule::required, change_password},
    route{"/token", methods::post, body_rule::form, grant_token, site_rule::any},
    route{"/token/revoke", methods::post, body_rule::form, revoke_token, site_rule::any},
    route{"/token/introspect", methods::post, body_rule::form, introspect_token, site_rule::any},
    route{"/revocations", methods::get, body_rule::none, list_revocations},
    route{"/.well-known/jwks.json", methods::get, body_rule::none, token_keys_published},
    route{"/.well-known/oauth-authorization-server", methods::get, body_rule::none, token_metadata},
    route{"/.well-known/oauth-authorization-server/*", methods::get, body_rule::none, token_metadata},
    route{"/health/alive", methods::get, body_rule::none, alive},
    route{"/health/ready", methods::get, body_rule::none, ready},
    route{"/healthz", methods::get, body_rule::none, ready},
};

}  // namespace

std::span<const route> public_routes() noexcept {
    return public_table;
}

}  // namespace latchkey::http
