// Login. Every one that is judged at all does one look-up and one hash, in this order, whoever it is for: the outcome
// is decided from both only afterwards (requirements L1, L2).
#include "password_authenticator.hpp"
#include "password_policy.hpp"

#include <utility>

namespace latchkey {
namespace {

constexpr std::size_t longest_email = 254;  // bytes: more of a fancied address is of no use in an audit trail

}  // namespace

task<result<signed_in>> password_authenticator::login(login_request request) {
    audit_event event;
    event.type = "login";
    event.request_id = request.request_id;
    event.email = std::string_view(request.email).substr(0, longest_email);
    event.client = request.client.ip;
    auto attempt = attempt_login(request, event);
    auto opened = co_await audited(event, std::move(attempt));
    if (!opened)
        co_return opened.error();
    const std::string_view account = opened->value.user->email();
    secret device = parts_.devices.after_login(request.device_token.reveal(), account);
    co_return signed_in{*std::move(opened), std::move(device)};
}

// The event names no address: nobody has read what was sent.
boost::system::error_code password_authenticator::turn_away(const login_visit& visit) noexcept {
    const client_prefix client = prefix_of(visit.client);
    audit_event event;
    event.type = "login";
    event.request_id = visit.request_id;
    event.client = visit.client;
    boost::system::error_code error;
    if (const seconds wait = visit.has_device ? seconds{0} : parts_.attempts.client_wait(client); wait > seconds{0})
        error = refuse(event, throttled_for(wait));
    else if (parts_.hasher.saturated(client))
        error = refuse(event, errc::overloaded);
    if (error)
        parts_.audit.record(event);
    return error;
}

task<result<opened_session>> password_authenticator::attempt_login(login_request& request, audit_event& event) {
    if (request.password.size() > longest_password)
        co_return refuse(event, "password_too_long", errc::password_too_long);
    const client_prefix client = prefix_of(request.client.ip);
    const auto address = email_address::parse(request.email);
    const std::string_view account = address ? address->str() : request.email;
    auto admitted = co_await credentials_.admit(client, account, request.device_token);
    if (!admitted)
        co_return refuse(event, admitted.error());

    const auto found = co_await credentials_.find(request.email);
    if (!found)
        co_return refuse(event, found.error());
    const std::optional<stored_user>& known = *found;
    if (known)
        event.user = known->profile.id;

    auto judged = co_await credentials_.judge(*std::move(admitted), request.password, known);
    if (!judged)
        co_return refuse(event, judged.error());
    if (!judged->reason().empty())
        co_return refuse(event, judged->reason(), errc::invalid_credentials);

    if (request.objection) {
        const boost::system::error_code objection = request.objection(known->profile);
        if (objection)
            co_return refuse(event, objection);
    }
    if (judged->needs_rehash())
        co_await credentials_.renew_hash(request.password, *known, client);
    const auto ended = co_await end_presented(request.presented_token, known->profile, event);
    if (!ended)
        co_return refuse(event, ended.error());

    profile_ptr profile = make_profile(known->profile, parts_.remote_user_is_email);
    auto opened = co_await parts_.sessions.open(std::move(profile), request.remember, std::move(request.client),
                                                request.credential);
    if (!opened)
        co_return refuse(event, opened.error());
    for (const public_id& id : opened->displaced)
        record_end(event, known->profile, id, "max_per_user");

    // The hash took long enough for an administrator to act. Whoever ends the user's sessions changes the user first:
    // either this session was there to be ended, or the change shows now (requirement V3).
    const auto holds = co_await judge_again(*known);
    if (!holds) {
        const auto gone = co_await parts_.sessions.revoke(known->profile.id, opened->value.id);
        if (!gone)
            co_return refuse(event, gone.error());
        if (holds.error() == errc::invalid_credentials) {
            judged->stands();
            co_return refuse(event, "changed_meanwhile", holds.error());
        }
        co_return refuse(event, holds.error());
    }
    judged->succeeded();
    event.success = true;
    event.session = opened->value.id;
    co_return opened;
}

// Another user's session is left alone, as revoke() has it: who knows a cookie value must not be able to end what it
// stands for by logging in as somebody else.
task<result<void>> password_authenticator::end_presented(const secret& token, const user& whose,
                                                         const audit_event& login) {
    const auto held = co_await parts_.sessions.trace(token.reveal());
    if (!held && held.error() == errc::no_session)
        co_return result<void>{};
    if (!held)
        co_return held.error();
    const auto ended = co_await parts_.sessions.revoke(whose.id, held->id);
    if (!ended)
        co_return ended.error();
    if (*ended)
        record_end(login, whose, held->id, "replaced");
    co_return result<void>{};
}

// A session that ended because of a login.
void password_authenticator::record_end(const audit_event& login, const user& whose, const public_id& id,
                                        std::string_view reason) const noexcept {
    audit_event event = login;
    event.type = "session_revoked";
    event.success = true;
    event.reason = reason;
    event.email = whose.email;
    event.session = id;
    parts_.audit.record(event);
}

// errc::invalid_credentials unless the user is still the one that was judged. What else changed about them is shown to
// the session.
task<result<void>> password_authenticator::judge_again(const stored_user& judged) {
    const auto found = co_await credentials_.find(judged.profile.id);
    if (!found)
        co_return found.error();
    const std::optional<stored_user>& now = *found;
    if (!now || now->profile.disabled || now->credential_version != judged.credential_version)
        co_return errc::invalid_credentials;
    if (now->profile.version != judged.profile.version) {
        profile_ptr profile = make_profile(now->profile, parts_.remote_user_is_email);
        co_return co_await parts_.sessions.refresh(std::move(profile));
    }
    co_return result<void>{};
}

}  // namespace latchkey
