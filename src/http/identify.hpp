// Who asks: by the session cookie, by an access token (RFC 6750 section 2.1), or by both.
//
// The one way in for every protected route that takes either. Schemes other than Bearer, and bearer tokens that are not
// ours, are somebody else's business: beside a cookie in force they count for nothing.
#pragma once

#include "exchange.hpp"

#include <latchkey/async.hpp>

#include <optional>
#include <string_view>

namespace latchkey::http {

// The token of an `Authorization: Bearer` that stands there once; "" otherwise, and where the token mode is off.
std::string_view bearer_of(const exchange& x) noexcept;

// Errors as session_authority::verify(), and errc::ambiguous_credentials for a cookie and a token, both in force, of
// different users. Sets x.token_refused. The check path.
task<result<session>> identify(exchange& x, token_scrutiny scrutiny = token_scrutiny::configured);

// Sets x.cookie_key where identify_at_once() will look for a session by it, and for nothing else. Whether it did.
bool look_ahead(exchange& x) noexcept;

// What identify() says, where nobody has to be waited for; else nothing. Throws std::bad_alloc.
std::optional<result<session>> identify_at_once(exchange& x);

}  // namespace latchkey::http
