#include "password_authenticator.hpp"

#include <utility>

namespace latchkey {
namespace {

// Reasons by which the audit trail tells refusals apart.
std::string_view reason_for(const boost::system::error_code& error) noexcept {
    if (throttle_wait(error) > seconds{0})
        return "throttled";
    if (error == errc::overloaded)
        return "overloaded";
    if (error == errc::session_limit)
        return "session_limit";
    if (error == errc::no_session)
        return "no_session";
    if (error == errc::token_too_large)
        return "token_too_large";
    return "store_unavailable";
}

}  // namespace

task<result<opened_session>> password_authenticator::audited(audit_event& event, task<outcome> attempt) {
    try {
        auto ended = co_await std::move(attempt);
        parts_.audit.record(event);
        co_return ended;
    } catch (...) {
        event.success = false;
        event.reason = "internal_error";
        parts_.audit.record(event);
        throw;
    }
}

boost::system::error_code password_authenticator::refuse(audit_event& event, std::string_view reason,
                                                         boost::system::error_code error) noexcept {
    event.reason = reason;
    return error;
}

boost::system::error_code password_authenticator::refuse(audit_event& event, boost::system::error_code error) noexcept {
    return refuse(event, reason_for(error), error);
}

std::unique_ptr<authenticator> make_authenticator(const authenticator_parts& parts) {
    return std::make_unique<password_authenticator>(parts);
}

}  // namespace latchkey
