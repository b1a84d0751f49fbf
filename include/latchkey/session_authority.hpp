// Opens, verifies and ends sessions: what stands between a cookie value and a session_store.
//
// The only place that turns tokens into keys. Callers are HTTP handlers and the authenticator, on any io thread.
#pragma once

#include <latchkey/async.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/session.hpp>
#include <latchkey/session_store.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace latchkey {

struct opened_session {
    secret token;  // 43 base64url characters: the value of the cookie
    session value;
};

class session_authority {
public:
    virtual ~session_authority() = default;

    // Who holds this cookie value? errc::no_session for unknown, ended, malformed and non-canonical values alike
    // (requirement C3); errc::store_unavailable when that cannot be known. The check path.
    virtual task<result<session>> verify(std::string_view token) = 0;

    // A new session with a new token. Errors as session_store::insert.
    virtual task<result<opened_session>> open(profile_ptr user, bool remember, device client) = 0;

    // Ends the session behind `token`: what ended, or nothing. Idempotent; malformed tokens end nothing.
    virtual task<result<std::optional<session>>> close(std::string_view token) = 0;

    // The user's live sessions, newest first, with what their devices said of themselves.
    virtual task<result<std::vector<listed_session>>> list(public_id user) = 0;
};

}  // namespace latchkey
