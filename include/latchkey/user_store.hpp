// Where users live. Implemented over SQL by src/store.
//
// Blocking: call it from the command line, or from a database worker by way of offload(); never from an io thread.
// All members may be called from several threads at a time. After the manner of scs: "no such user" is an empty
// optional or errc::not_found, and errc::store_unavailable means that the system failed and the answer is unknown.
#pragma once

#include <latchkey/error.hpp>
#include <latchkey/user.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

struct stored_user {
    user profile;
    std::string password_hash;  // PHC string; empty: this user cannot log in with a password
    // Goes up by one whenever the password is changed or the user is disabled, not with a mere rehash: a login that was
    // judged by an older version opens nothing (requirement V3).
    std::int64_t credential_version = 0;
};

// What to change of a user; what is not given stays.
struct user_changes {
    std::optional<email_address> email;
    std::optional<std::string> name;
    std::optional<std::vector<std::string>> groups;
    std::optional<bool> disabled;
    std::optional<std::string> password_hash;
    // When the password changes: this session of the user does not end.
    std::optional<public_id> spare;
    // When given: only if this is the user's credential version still, else errc::invalid_credentials. Of two password
    // changes at a time one is in force, and the other one hears of it.
    std::optional<std::int64_t> judged_by;
};

struct user_page {
    std::vector<user> users;        // by id, ascending
    std::optional<public_id> next;  // hand it to list() for what follows; empty at the end
};

class user_store {
public:
    virtual ~user_store() = default;

    // errc::already_exists when the email is taken. Durable when it returns.
    virtual result<user> add(const email_address& email, std::string_view name, const std::vector<std::string>& groups,
                             std::string_view password_hash) = 0;
    virtual result<std::optional<stored_user>> find(const email_address& email) = 0;
    virtual result<std::optional<stored_user>> find(const public_id& id) = 0;
    // Up to `limit` users with an id greater than `after`. Stable under change: no user that stays is skipped or
    // told twice.
    virtual result<user_page> list(std::optional<public_id> after, std::size_t limit) = 0;

    // All of `changes` or none, durable when it returns: the user as it is then. errc::not_found, errc::already_exists
    // for an email that another user has, errc::invalid_request for a malformed name or group; see judged_by for
    // another. A new password and disabling end the user's sessions: those that are kept in the same database go in the
    // same transaction, so that a crash cannot come between. Whoever holds them in memory ends them there next.
    virtual result<user> update(const public_id& id, const user_changes& changes) = 0;
    // The user's sessions end as with update(). errc::not_found.
    virtual result<void> remove(const public_id& id) = 0;
    // Replaces `expected` only: a rehash at login never undoes a password change that came first. False: not replaced.
    virtual result<bool> replace_password_hash(const public_id& id, std::string_view expected,
                                               std::string_view password_hash) = 0;

    // A cheap round trip for the readiness probe.
    virtual result<void> ping() = 0;
};

}  // namespace latchkey
