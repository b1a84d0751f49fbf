// The login use case: credentials in, session out.
//
// Unknown user, wrong password, disabled user and a user without a password are one outcome, reached by the same work
// (requirements L1, L2). Every login makes a new session; one that came with the request is never adopted and ends
// when it belonged to the same user (requirement R1).
#pragma once

#include <latchkey/async.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/session_authority.hpp>

#include <string>
#include <string_view>

namespace latchkey {

struct login_request {
    std::string email;  // as typed
    secret password;    // as typed, exact bytes
    bool remember = false;
    device client;
    std::string request_id;  // for the audit event
    secret presented_token;  // the cookie that came along; empty: none
};

class authenticator {
public:
    virtual ~authenticator() = default;

    // Writes one audit event whatever the outcome. errc::invalid_credentials, errc::password_too_long,
    // errc::overloaded, errc::session_limit, errc::store_unavailable.
    virtual task<result<opened_session>> login(login_request request) = 0;
};

}  // namespace latchkey
