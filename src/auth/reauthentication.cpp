// Reauthentication: somebody who is signed in gives the password again.
//
// Each step leaves something to go on from. Until the rotation nothing has changed; after it the client's old cookie
// still says whose session was meant, so that the request can be repeated when its answer was lost or was a failure.
#include "password_authenticator.hpp"
#include "password_policy.hpp"

#include <utility>

namespace latchkey {

task<result<opened_session>> password_authenticator::reauthenticate(reauthentication_request request) {
    audit_event event;
    event.type = "reauthentication";
    event.request_id = request.request_id;
    event.client = request.client;
    session held;  // here, because the event speaks of it
    auto attempt = attempt_reauthentication(request, held, event);
    co_return co_await audited(event, std::move(attempt));
}

task<result<opened_session>> password_authenticator::attempt_reauthentication(reauthentication_request& request,
                                                                              session& held, audit_event& event) {
    if (request.password.size() > longest_password)
        co_return refuse(event, "password_too_long", errc::password_too_long);
    const auto found = co_await hold(request.token, held, event);
    if (!found)
        co_return refuse(event, found.error());
    const client_prefix client = prefix_of(request.client);
    auto admitted = co_await credentials_.admit(client, held.user->email(), request.device_token);
    if (!admitted)
        co_return refuse(event, admitted.error());

    const auto known = co_await credentials_.find(held.user->id);
    if (!known)
        co_return refuse(event, known.error());
    auto judged = co_await credentials_.judge(*std::move(admitted), request.password, *known);
    if (!judged)
        co_return refuse(event, judged.error());
    if (!judged->reason().empty())
        co_return refuse(event, judged->reason(), errc::invalid_credentials);
    if (judged->needs_rehash())
        co_await credentials_.renew_hash(request.password, **known, client);

    auto rotated = co_await rotate(request.token, **known, event);
    if (rotated)
        judged->succeeded();
    else if (rotated.error() == errc::invalid_credentials)
        judged->stands();
    co_return rotated;
}

// The session that `token` means, for the event too, which from then on points into `held`.
task<result<void>> password_authenticator::hold(const secret& token, session& held, audit_event& event) {
    auto found = co_await parts_.sessions.trace(token.reveal());
    if (!found)
        co_return found.error();
    held = *std::move(found);
    event.user = held.user->id;
    event.session = held.id;
    event.email = held.user->email();
    co_return result<void>{};
}

// The session goes on under a new token, on the word of a password that was judged with `judged`. A password change
// spares its own session, which may be this one: when that came between, the new token would belong to whoever knew the
// old password. So the user is looked at again, and what no longer holds ends the session (requirement V3). A look that
// fails ends nothing, because nobody has seen the new token.
task<password_authenticator::outcome> password_authenticator::rotate(const secret& token, const stored_user& judged,
                                                                     audit_event& event) {
    auto rotated = co_await parts_.sessions.rotate(token.reveal());
    if (!rotated)
        co_return refuse(event, rotated.error());
    const auto holds = co_await judge_again(judged);
    if (!holds && holds.error() == errc::invalid_credentials) {
        const auto gone = co_await parts_.sessions.revoke(judged.profile.id, rotated->value.id);
        if (!gone)
            co_return refuse(event, gone.error());
        co_return refuse(event, "changed_meanwhile", errc::invalid_credentials);
    }
    if (!holds)
        co_return refuse(event, holds.error());
    event.success = true;
    co_return rotated;
}

}  // namespace latchkey
