#include "session_audit.hpp"

namespace latchkey::http {
namespace {

audit_event event_of(const exchange& x, std::string_view type, const session& s) noexcept {
    audit_event event;
    event.type = type;
    event.success = true;
    event.request_id = x.request_id();
    event.email = s.user->email();
    event.user = s.user->id;
    event.session = s.id;
    event.client = x.client();
    return event;
}

audit_event event_of(const exchange& x, std::string_view type, bool success, std::string_view reason) noexcept {
    audit_event event;
    event.type = type;
    event.success = success;
    event.reason = reason;
    event.request_id = x.request_id();
    event.client = x.client();
    return event;
}

}  // namespace

void record_token_refused(const exchange& x) noexcept {
    const auto reason = x.head[field::authorization].empty() ? "no_token" : "wrong_token";
    x.svc->core.audit.record(event_of(x, "admin_token_refused", false, reason));
}

void record_reload(const exchange& x, bool success) noexcept {
    x.svc->core.audit.record(event_of(x, "configuration_reload", success, success ? "admin" : "faults"));
}

void record_end(const exchange& x, std::string_view type, const session& ended) noexcept {
    auto event = event_of(x, type, ended);
    event.reason = type == "session_revoked" ? "user" : "";
    x.svc->core.audit.record(event);
}

void record_end_of_many(const exchange& x, const session& mine) noexcept {
    auto event = event_of(x, "sessions_revoked", mine);
    event.reason = "user";
    x.svc->core.audit.record(event);
}

}  // namespace latchkey::http
