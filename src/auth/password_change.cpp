// Password change by its owner.
//
// The new password is in force first, and in the same step the other sessions are gone from the database; then they end
// in memory, then the caller's own is rotated. Where that breaks off, the caller's cookie still says whose session was
// meant, and a repeated request goes on: it finds the new password in force already.
// A new password that equals the current one is taken, as in most other services, and ends all other sessions too.
#include "password_authenticator.hpp"
#include "password_policy.hpp"

#include <utility>

namespace latchkey {

task<result<opened_session>> password_authenticator::change_password(password_change_request request) {
    audit_event event;
    event.type = "password_change";
    event.request_id = request.request_id;
    event.client = request.client;
    session held;  // here, because the event speaks of it
    auto attempt = attempt_password_change(request, held, event);
    co_return co_await audited(event, std::move(attempt));
}

task<password_authenticator::outcome> password_authenticator::attempt_password_change(password_change_request& request,
                                                                                      session& held,
                                                                                      audit_event& event) {
    if (request.current_password.size() > longest_password || request.new_password.size() > longest_password)
        co_return refuse(event, "password_too_long", errc::password_too_long);
    const auto found = co_await hold(request.token, held, event);
    if (!found)
        co_return refuse(event, found.error());

    const auto established = co_await establish(request, held, event);
    if (!established)
        co_return established.error();

    const auto ended = co_await parts_.sessions.revoke_all(held.user->id, held.id);
    if (!ended)
        co_return refuse(event, "unfinished", ended.error());
    auto rotated = co_await rotate(request.token, *established, event);
    if (!rotated)
        co_return refuse(event, "unfinished", rotated.error());
    co_return rotated;
}

// The new password is in force: by this request, or by an earlier one of the same content, whose answer was lost or is
// still on its way. The user as they were judged, with the credential version that is theirs now.
task<result<stored_user>> password_authenticator::establish(const password_change_request& request, const session& held,
                                                            audit_event& event) {
    const client_prefix client = prefix_of(request.client);
    auto admitted = co_await credentials_.admit(client, held.user->email(), request.device_token);
    if (!admitted)
        co_return refuse(event, admitted.error());
    auto known = co_await credentials_.find(held.user->id);
    if (!known)
        co_return refuse(event, known.error());
    auto current = co_await credentials_.judge(*std::move(admitted), request.current_password, *known);
    if (!current)
        co_return refuse(event, current.error());

    std::string_view reason = current->reason();
    if (reason.empty()) {
        stored_user judged = **std::move(known);
        const auto address = email_address::parse(judged.profile.email);
        if (!address)
            co_return refuse(event, errc::store_unavailable);
        const auto verdict = judge_password(request.new_password.reveal(), *address, parts_.min_password_length);
        if (verdict != password_verdict::acceptable) {
            current->succeeded();
            co_return refuse(event, "weak_password", to_error(verdict));
        }
        const auto changed = co_await put_in_force(request, judged, held);
        if (changed) {
            current->succeeded();
            ++judged.credential_version;
            co_return std::move(judged);
        }
        if (changed.error() != errc::invalid_credentials)
            co_return refuse(event, changed.error());
        current->stands();
        reason = "changed_meanwhile";
        known = co_await credentials_.find(held.user->id);
        if (!known)
            co_return refuse(event, known.error());
    }

    auto second = co_await credentials_.admit(client, held.user->email(), request.device_token);
    if (!second)
        co_return refuse(event, second.error());
    auto fresh = co_await credentials_.judge(*std::move(second), request.new_password, *known);
    if (!fresh)
        co_return refuse(event, fresh.error());
    if (!fresh->reason().empty())
        co_return refuse(event, reason, errc::invalid_credentials);
    fresh->succeeded();
    co_return **std::move(known);
}

// errc::invalid_credentials when `judged` is not how the user is any more.
task<result<void>> password_authenticator::put_in_force(const password_change_request& request,
                                                        const stored_user& judged, const session& held) {
    auto hash = co_await parts_.hasher.hash(request.new_password, prefix_of(request.client));
    if (!hash)
        co_return hash.error();
    // Hashes take their time: a session that was ended meanwhile sets no password.
    const auto still = co_await parts_.sessions.trace(request.token.reveal());
    if (!still)
        co_return still.error();
    user_changes changes;
    changes.password_hash = *std::move(hash);
    changes.spare = held.id;
    changes.judged_by = judged.credential_version;
    auto work = [this, &judged, &changes] { return parts_.users.update(judged.profile.id, changes); };
    const auto updated = co_await offload(parts_.database, std::move(work));
    if (updated)
        co_return result<void>{};
    co_return updated.error() == errc::not_found ? errc::invalid_credentials : updated.error();
}

}  // namespace latchkey
