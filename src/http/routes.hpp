// The routes: tables of path, methods, what a body may be, and the handler. Order of refusals: unknown path 404, wrong
// method 405, cross-site 403, media type 415; all before a byte of the body is read.
#pragma once

#include "exchange.hpp"
#include "path_pattern.hpp"
#include "route_group.hpp"

#include <latchkey/async.hpp>

#include <cstdint>
#include <span>

namespace latchkey::http {

using handler = task<void> (*)(exchange&);
// Answers a request for which nobody has to be waited for. False: nothing was done, and the handler is to be asked.
using prompt_handler = bool (*)(exchange&);
// Looks at a request whose body has not been read; true after it was refused.
using early_refusal = bool (*)(exchange&);

enum class body_rule : std::uint8_t {
    none,      // a body is not read; the connection closes after the answer
    optional,  // JSON, a form, or nothing at all
    required,  // JSON or a form
    json,      // JSON
    form,      // a form
};

using method_set = std::uint16_t;  // bit per method

constexpr method_set set_of(method m) noexcept {
    return static_cast<method_set>(1U << static_cast<unsigned>(m));
}

namespace methods {
inline constexpr method_set get = set_of(method::get) | set_of(method::head);
inline constexpr method_set post = set_of(method::post);
inline constexpr method_set patch = set_of(method::patch);
inline constexpr method_set erase = set_of(method::delete_);
// All that a request may have: TRACE and CONNECT are refused whatever a route says.
inline constexpr method_set any = get | post | patch | erase | set_of(method::put) | set_of(method::options);
}  // namespace methods

// Whether other sites may cause a request that is not GET or HEAD (requirement X1).
enum class site_rule : std::uint8_t {
    own,  // it may change state: not for others
    any,  // it changes nothing, whatever the method: a proxy asks with the method of the request that it asks about
};

struct route {
    path_pattern path;
    method_set allowed;
    body_rule body;
    handler handle;
    site_rule callers = site_rule::own;
    early_refusal refuses_early = nullptr;
    prompt_handler answer_at_once = nullptr;  // without a body, and where other sites may ask
    route_group group = group_of(path.text(), allowed == methods::get);  // follows from the others
    constexpr bool accepts(method m) const noexcept { return (allowed & set_of(m)) != 0; }
};

// A path may stand in a table several times, with different methods. A literal path hides the patterns behind it, also
// for methods that it doesn't take: /sessions/whoami is never an id.
//
// The route in `table` that will answer `x`, with x.path_parameter set, or null after `x` has been refused.
const route* find_route(exchange& x, std::span<const route> table);

// The route that may answer `x` at once, with x.path_parameter set, or null.
const route* find_prompt_route(exchange& x, std::span<const route> table) noexcept;

// What people and proxies are served. Static: it outlives everybody.
std::span<const route> public_routes() noexcept;

// login_handlers.cpp
task<void> login(exchange& x);
bool refuse_login_early(exchange& x);
// session_handlers.cpp
task<void> logout(exchange& x);
task<void> whoami(exchange& x);
// session_list_handlers.cpp
task<void> list_sessions(exchange& x);
task<void> end_session(exchange& x);
task<void> end_sessions(exchange& x);
// credential_handlers.cpp
task<void> reauthenticate(exchange& x);
task<void> change_password(exchange& x);
// page_handlers.cpp
task<void> show_login(exchange& x);
task<void> show_account(exchange& x);
task<void> refused(exchange& x);
task<void> stylesheet(exchange& x);
task<void> mark(exchange& x);
// account_handlers.cpp
task<void> end_session_by_form(exchange& x);
task<void> end_other_sessions_by_form(exchange& x);
task<void> change_password_by_form(exchange& x);
// authz_handlers.cpp, oauth2_handler.cpp
task<void> auth_request(exchange& x);
task<void> forward_auth(exchange& x);
task<void> ext_authz(exchange& x);
task<void> oauth2_auth(exchange& x);
bool auth_request_at_once(exchange& x);
bool forward_auth_at_once(exchange& x);
bool ext_authz_at_once(exchange& x);
bool oauth2_auth_at_once(exchange& x);
// token_handlers.cpp
task<void> grant_token(exchange& x);
task<void> give_session_token(exchange& x);
task<void> revoke_token(exchange& x);
task<void> introspect_token(exchange& x);
// token_metadata_handlers.cpp
task<void> token_keys_published(exchange& x);
task<void> token_metadata(exchange& x);
// revocation_handler.cpp
task<void> list_revocations(exchange& x);
// health_handlers.cpp
task<void> alive(exchange& x);
task<void> ready(exchange& x);

}  // namespace latchkey::http
