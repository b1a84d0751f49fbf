// The use cases in which somebody gives a password: login, reauthentication, password change.
//
// Unknown user, wrong password, disabled user and a user without a password are one outcome, reached by the same work
// (requirements L1, L2). Every login makes a new session; one that came with the request is never adopted and ends
// when it belonged to the same user (requirement R1). All of them stand behind the one throttle (requirement L4): each
// password that is judged is one attempt. Each call writes one audit event, whatever the outcome.
#pragma once

#include <latchkey/async.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/session_authority.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace latchkey {

struct login_request {
    std::string email;  // as typed
    secret password;    // as typed, exact bytes
    bool remember = false;
    device client;
    std::string request_id;                                // for the audit event
    secret presented_token;                                // the cookie that came along; empty: none
    secret device_token;                                   // the device cookie that came along; empty: none
    credential_kind credential = credential_kind::cookie;  // what the session is to be held by
    // Asked when the password was right, before a session begins or ends for it; an error is the outcome. Empty: nobody
    // is. Called on any thread, must not throw but std::bad_alloc.
    std::function<boost::system::error_code(const user&)> objection;
};

// A login whose content has not been read.
struct login_visit {
    client_address client;
    std::string_view request_id;  // for the audit event
    bool has_device = false;      // something that may be a device cookie came along
};

// `device_token` is to be kept by the browser beside the session: it vouches for it at later logins. Empty: what it has
// will do.
struct signed_in : opened_session {
    secret device_token;
};

// From somebody who is signed in. `token` may be one that was rotated a moment ago: a client whose answer was lost in
// transit tries again with what it has, and the password speaks for it.
struct reauthentication_request {
    secret token;
    secret password;
    client_address client;
    std::string request_id;
    secret device_token;
};

struct password_change_request {
    secret token;
    secret current_password;
    secret new_password;
    client_address client;
    std::string request_id;
    secret device_token;
};

class authenticator {
public:
    virtual ~authenticator() = default;

    // What login() would answer this client now, whatever it sends: throttled_for() or errc::overloaded; else nothing,
    // and then login() may find either all the same. Cheap: no look-up, no hash. A refusal is audited like login()'s.
    virtual boost::system::error_code turn_away(const login_visit& visit) noexcept = 0;

    // errc::invalid_credentials, errc::password_too_long, throttled_for(), errc::overloaded, errc::session_limit,
    // errc::store_unavailable, and whatever the request's objection says.
    virtual task<result<signed_in>> login(login_request request) = 0;

    // The session goes on under a new token with authenticated_at moved; the old token is dead (requirement R2).
    // errc::no_session and what login() answers.
    virtual task<result<opened_session>> reauthenticate(reauthentication_request request) = 0;

    // The session goes on under a new token, all others of the user end (requirement V3). A repeated request that finds
    // the new password in force already succeeds as the first one did; so one that failed half-way can be repeated.
    // errc::no_session, errc::password_too_short, errc::password_common, errc::password_personal, and what login()
    // answers.
    virtual task<result<opened_session>> change_password(password_change_request request) = 0;
};

}  // namespace latchkey
