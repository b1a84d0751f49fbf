// Audit: one event for each act that concerns an account (requirement A3).
//
// Events go through the logger, marked "audit":true, at level info whatever the configured level.
#pragma once

#include <latchkey/session.hpp>

#include <optional>
#include <string_view>

namespace latchkey {

struct audit_event {
    // By their owners: "login", "logout", "reauthentication", "password_change", "session_revoked", "sessions_revoked".
    // By administrators, with the reason "admin" or, for user_changed, what was changed: "user_added", "user_changed",
    // "user_deleted", "session_revoked", "sessions_revoked", "throttle_cleared".
    std::string_view type;
    bool success = false;  // all of it was done
    // "", "unknown_user", "wrong_password", "disabled", "no_password", "changed_meanwhile", "throttled", "overloaded",
    // ... "unfinished": the new password is in force, but not everything that follows from it was done.
    std::string_view reason;
    std::string_view request_id;
    std::string_view email;  // as typed by the client where the user is not known; the sink escapes it
    std::optional<public_id> user;
    std::optional<public_id> session;
    client_address client;
};

class audit_sink {
public:
    virtual ~audit_sink() = default;
    // Never blocks, never throws. The sink adds the time (UTC).
    virtual void record(const audit_event& event) noexcept = 0;
};

}  // namespace latchkey
