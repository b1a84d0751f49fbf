// What administrators do. Always in this order: the user database first, then the sessions in memory. A login that was
// judged before the change looks at the user again after its session was opened, so nobody slips through between the
// two (requirement V3); and when the second step fails, repeating the call does what is left.
#include "make_administrator.hpp"
#include "password_policy.hpp"

#include <string>
#include <utility>

namespace latchkey {
namespace {

class direct_administrator final : public administrator {
public:
    explicit direct_administrator(const administrator_parts& parts) : parts_(parts) {}

    task<result<user_page>> users(std::optional<public_id> after, std::size_t limit) override {
        auto work = [this, after, limit] { return parts_.users.list(after, limit); };
        co_return co_await offload(parts_.database, std::move(work));
    }

    task<result<user>> user_by_id(public_id id) override {
        auto work = [this, id] { return parts_.users.find(id); };
        auto found = co_await offload(parts_.database, std::move(work));
        co_return profile_of(std::move(found));
    }

    task<result<user>> user_by_email(email_address email) override {
        auto work = [this, &email] { return parts_.users.find(email); };
        auto found = co_await offload(parts_.database, std::move(work));
        co_return profile_of(std::move(found));
    }

    task<result<user>> add_user(user_draft draft, admin_call call) override;
    task<result<user>> change_user(public_id id, user_patch patch, admin_call call) override;
    task<result<void>> remove_user(public_id id, admin_call call) override;

    task<result<std::vector<listed_session>>> sessions_of(public_id user) override;
    task<result<std::size_t>> end_sessions_of(public_id user, admin_call call) override;
    task<result<session_page>> sessions(std::optional<session_cursor> after, std::size_t limit) override {
        co_return co_await parts_.sessions.page(after, limit);
    }
    task<result<void>> end_session(public_id id, admin_call call) override;

    task<result<std::vector<throttle_entry>>> throttles(throttle_filter which, std::size_t limit) override;
    task<result<std::size_t>> clear_throttles(throttle_filter which, admin_call call) override;

private:
    static result<user> profile_of(result<std::optional<stored_user>> found) {
        if (!found)
            return found.error();
        if (!*found)
            return errc::not_found;
        return std::move((*found)->profile);
    }

    task<result<std::string>> hash_of(const secret& password, const email_address& owner, client_prefix client);
    task<result<user_changes>> changes_of(public_id id, const user_patch& patch, client_prefix client);
    task<result<void>> bring_to_sessions(const user& changed, bool ends_sessions);

    static audit_event event_of(std::string_view type, std::string_view reason, const admin_call& call,
                                const std::optional<public_id>& user) noexcept {
        audit_event event;
        event.type = type;
        event.success = true;
        event.reason = reason;
        event.request_id = call.request_id;
        event.client = call.client;
        event.user = user;
        return event;
    }

    const administrator_parts parts_;
};

// "name,groups": what a patch touches, for the audit trail. Never the values.
std::string names_of(const user_patch& patch) {
    std::string names;
    const auto note = [&](bool given, std::string_view name) {
        if (given)
            names.append(names.empty() ? "" : ",").append(name);
    };
    note(patch.email.has_value(), "email");
    note(patch.name.has_value(), "name");
    note(patch.groups.has_value(), "groups");
    note(patch.disabled.has_value(), patch.disabled.value_or(false) ? "disabled" : "enabled");
    note(patch.password.has_value(), "password");
    return names;
}

task<result<std::string>> direct_administrator::hash_of(const secret& password, const email_address& owner,
                                                        client_prefix client) {
    const auto verdict = judge_password(password.reveal(), owner, parts_.min_password_length);
    if (verdict != password_verdict::acceptable)
        co_return to_error(verdict);
    co_return co_await parts_.hasher.hash(password, client);
}

task<result<user>> direct_administrator::add_user(user_draft draft, admin_call call) {
    std::string hash;
    if (!draft.password.empty()) {
        auto made = co_await hash_of(draft.password, draft.email, prefix_of(call.client));
        if (!made)
            co_return made.error();
        hash = *std::move(made);
    }
    auto work = [this, &draft, &hash] { return parts_.users.add(draft.email, draft.name, draft.groups, hash); };
    auto added = co_await offload(parts_.database, std::move(work));
    if (added) {
        audit_event event = event_of("user_added", "admin", call, added->id);
        event.email = added->email;
        parts_.audit.record(event);
    }
    co_return added;
}

task<result<user_changes>> direct_administrator::changes_of(public_id id, const user_patch& patch,
                                                            client_prefix client) {
    user_changes changes;
    changes.email = patch.email;
    changes.name = patch.name;
    changes.groups = patch.groups;
    changes.disabled = patch.disabled;
    if (patch.password) {
        const auto known = co_await user_by_id(id);
        if (!known)
            co_return known.error();
        const auto owner = patch.email ? result<email_address>(*patch.email) : email_address::parse(known->email);
        if (!owner)
            co_return errc::store_unavailable;
        auto hash = co_await hash_of(*patch.password, *owner, client);
        if (!hash)
            co_return hash.error();
        changes.password_hash = *std::move(hash);
    }
    co_return changes;
}

task<result<user>> direct_administrator::change_user(public_id id, user_patch patch, admin_call call) {
    const auto changes = co_await changes_of(id, patch, prefix_of(call.client));
    if (!changes)
        co_return changes.error();
    auto work = [this, id, &changes] { return parts_.users.update(id, *changes); };
    auto changed = co_await offload(parts_.database, std::move(work));
    if (!changed)
        co_return changed.error();

    const std::string what = names_of(patch);
    if (what.empty())
        co_return changed;
    audit_event event = event_of("user_changed", what, call, id);
    event.email = changed->email;
    const auto brought = co_await bring_to_sessions(*changed, patch.password || patch.disabled.value_or(false));
    event.success = brought.has_value();
    parts_.audit.record(event);
    if (!brought)
        co_return brought.error();
    co_return changed;
}

task<result<void>> direct_administrator::bring_to_sessions(const user& changed, bool ends_sessions) {
    if (ends_sessions) {
        const auto ended = co_await parts_.sessions.erase_user(changed.id);
        if (!ended)
            co_return ended.error();
        co_return result<void>{};
    }
    profile_ptr profile = make_profile(changed, parts_.remote_user_is_email);
    co_return co_await parts_.sessions.refresh(std::move(profile));
}

// A user who is gone already may have sessions left over from a call whose second step failed: they end all the same.
task<result<void>> direct_administrator::remove_user(public_id id, admin_call call) {
    std::string email;  // for the audit trail: afterwards nobody could tell whose id that was
    auto work = [this, id, &email] {
        if (const auto known = parts_.users.find(id); known && *known)
            email = (*known)->profile.email;
        return parts_.users.remove(id);
    };
    const auto removed = co_await offload(parts_.database, std::move(work));
    if (!removed && removed.error() != errc::not_found)
        co_return removed.error();
    const auto ended = co_await parts_.sessions.erase_user(id);
    if (removed || (ended && *ended != 0)) {
        audit_event event = event_of("user_deleted", "admin", call, id);
        event.email = email;
        event.success = ended.has_value();
        parts_.audit.record(event);
    }
    if (!ended)
        co_return ended.error();
    co_return removed;
}

task<result<std::vector<listed_session>>> direct_administrator::sessions_of(public_id user) {
    const auto known = co_await user_by_id(user);
    if (!known)
        co_return known.error();
    co_return co_await parts_.sessions.list(user);
}

task<result<std::size_t>> direct_administrator::end_sessions_of(public_id user, admin_call call) {
    const auto known = co_await user_by_id(user);
    if (!known)
        co_return known.error();
    const auto ended = co_await parts_.sessions.erase_user(user);
    if (!ended)
        co_return ended.error();
    audit_event event = event_of("sessions_revoked", "admin", call, user);
    event.email = known->email;
    parts_.audit.record(event);
    co_return *ended;
}

task<result<void>> direct_administrator::end_session(public_id id, admin_call call) {
    const auto ended = co_await parts_.sessions.erase_anyones(id);
    if (!ended)
        co_return ended.error();
    if (!*ended)
        co_return errc::not_found;
    const session& gone = **ended;
    audit_event event = event_of("session_revoked", "admin", call, gone.user->id);
    event.email = gone.user->email();
    event.session = gone.id;
    parts_.audit.record(event);
    co_return result<void>{};
}

// Accounts are held in their canonical form. What is no address is held as it was typed.
std::string canonical(std::string_view account) {
    const auto address = email_address::parse(account);
    return address ? address->str() : std::string(account);
}

task<result<std::vector<throttle_entry>>> direct_administrator::throttles(throttle_filter which, std::size_t limit) {
    const std::string account = canonical(which.account);
    which.account = account;
    co_return co_await parts_.attempts.list(which, limit);
}

task<result<std::size_t>> direct_administrator::clear_throttles(throttle_filter which, admin_call call) {
    const std::string account = canonical(which.account);
    which.account = account;
    const auto cleared = co_await parts_.attempts.clear(which);
    if (!cleared)
        co_return cleared.error();
    audit_event event = event_of("throttle_cleared", "admin", call, std::nullopt);
    event.email = account;
    parts_.audit.record(event);
    co_return *cleared;
}

}  // namespace

std::unique_ptr<administrator> make_administrator(const administrator_parts& parts) {
    return std::make_unique<direct_administrator>(parts);
}

}  // namespace latchkey
