// Audit: one event for each act that concerns an account, or the server itself (requirement A3). docs/audit.md is the
// schema: every type and reason, and when it arises. What is new here has to be there too: a test compares them.
//
// Events go to the audit file or the log, marked "audit":true, whatever the configured level.
#pragma once

#include <latchkey/session.hpp>

#include <optional>
#include <string_view>

namespace latchkey {

struct audit_event {
    std::string_view type;
    bool success = false;  // all of it was done
    // Why not, or how it came about; empty: nothing to say. A list with commas for "user_changed".
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
