// Where users live. Implemented over SQL by src/store.
//
// Blocking: call it from the command line, or from a database worker by way of offload(); never from an io thread.
// All members may be called from several threads at a time. After the manner of scs: "no such user" is an empty
// optional or errc::not_found, and errc::store_unavailable means that the system failed and the answer is unknown.
#pragma once

#include <latchkey/error.hpp>
#include <latchkey/user.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

struct stored_user {
    user profile;
    std::string password_hash;  // PHC string; empty: this user cannot log in with a password
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

    // Each is durable when it returns, and errc::not_found when there is no such user.
    virtual result<void> set_password_hash(const public_id& id, std::string_view password_hash) = 0;
    // Replaces `expected` only: a rehash at login never undoes a password change that came first. False: not replaced.
    virtual result<bool> replace_password_hash(const public_id& id, std::string_view expected,
                                               std::string_view password_hash) = 0;
    virtual result<void> set_disabled(const public_id& id, bool disabled) = 0;
    virtual result<void> set_name(const public_id& id, std::string_view name) = 0;
    virtual result<void> set_groups(const public_id& id, const std::vector<std::string>& groups) = 0;
    virtual result<void> remove(const public_id& id) = 0;

    // A cheap round trip for the readiness probe.
    virtual result<void> ping() = 0;
};

}  // namespace latchkey
