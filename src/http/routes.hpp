// The routes: one table of path, methods, what a body may be, and the handler. Order of refusals: unknown path 404,
// wrong method 405, cross-site 403, media type 415; all before a byte of the body is read.
#pragma once

#include "exchange.hpp"

#include <latchkey/async.hpp>

#include <string_view>

namespace latchkey::http {

using handler = task<void> (*)(exchange&);

enum class body_rule : std::uint8_t {
    none,      // a body is not read; the connection closes after the answer
    optional,  // JSON, a form, or nothing at all
    required,  // JSON or a form
};

struct route {
    std::string_view path;
    std::uint16_t methods;  // bit per method
    body_rule body;
    handler handle;
    bool accepts(method m) const noexcept { return (methods >> static_cast<unsigned>(m)) & 1U; }
};

// The route that will answer `x`, or null after `x` has been refused.
const route* find_route(exchange& x);

// login_handlers.cpp
task<void> login(exchange& x);
// session_handlers.cpp
task<void> logout(exchange& x);
task<void> whoami(exchange& x);
// page_handlers.cpp
task<void> show_login(exchange& x);
task<void> show_account(exchange& x);
task<void> stylesheet(exchange& x);
// authz_handlers.cpp
task<void> auth_request(exchange& x);
// health_handlers.cpp
task<void> alive(exchange& x);
task<void> ready(exchange& x);

}  // namespace latchkey::http
