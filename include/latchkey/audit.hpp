// Audit: one event for each act that concerns an account (requirement A3).
//
// Events go through the logger, marked "audit":true, at level info whatever the configured level.
#pragma once

#include <latchkey/session.hpp>

#include <optional>
#include <string_view>

namespace latchkey {

struct audit_event {
    std::string_view type;  // "login", "logout", "session_evicted"
    bool success = false;
    std::string_view reason;  // "", "unknown_user", "wrong_password", "disabled", "no_password", "overloaded", ...
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
