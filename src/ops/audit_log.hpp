// The audit sink of include/latchkey/audit.hpp: audit events as log lines marked "audit":true.
//
// Every line has the same keys, empty where there is no value: success, reason, request_id, email, user_id, session_id,
// client_ip, after the time, level and event that every log line has.
#pragma once

#include <latchkey/audit.hpp>
#include <latchkey/log.hpp>

#include <memory>

namespace latchkey {

// `log` must outlive it.
std::unique_ptr<audit_sink> make_audit_sink(logger& log);

}  // namespace latchkey
