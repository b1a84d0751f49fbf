// What an administrator may do to users, sessions and throttles on a running server: the use cases behind the admin
// listener and the command line.
//
// Whatever ends sessions has ended them, in every way they could be used, before its task completes (requirement V3);
// profile changes show at the user's next check. Each change writes one audit event. All members may be called from
// every io thread.
#pragma once

#include <latchkey/async.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/session_store.hpp>
#include <latchkey/throttle.hpp>
#include <latchkey/user_store.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

struct user_draft {
    email_address email;
    std::string name;
    std::vector<std::string> groups;
    secret password;  // empty: the user cannot log in with a password
};

// What is not given stays.
struct user_patch {
    std::optional<email_address> email;
    std::optional<std::string> name;
    std::optional<std::vector<std::string>> groups;
    std::optional<bool> disabled;
    std::optional<secret> password;
};

// Who asks, for the audit event.
struct admin_call {
    client_address client;
    std::string_view request_id;
};

// All answer errc::store_unavailable when a store fails, errc::overloaded when a queue is full, and errc::not_found
// where there is no such user or session.
class administrator {
public:
    virtual ~administrator() = default;

    // Up to `limit` (1 to 1,000) users behind `after`, by id.
    virtual task<result<user_page>> users(std::optional<public_id> after, std::size_t limit) = 0;
    virtual task<result<user>> user_by_id(public_id id) = 0;
    virtual task<result<user>> user_by_email(email_address email) = 0;

    // errc::already_exists, errc::invalid_request, and for the password errc::password_too_long,
    // errc::password_too_short, errc::password_common, errc::password_personal.
    virtual task<result<user>> add_user(user_draft draft, admin_call call) = 0;
    // All of `patch` or nothing. Errors as add_user(). A new password or disabled=true ends the user's sessions.
    virtual task<result<user>> change_user(public_id id, user_patch patch, admin_call call) = 0;
    virtual task<result<void>> remove_user(public_id id, admin_call call) = 0;

    virtual task<result<std::vector<listed_session>>> sessions_of(public_id user) = 0;
    // How many ended.
    virtual task<result<std::size_t>> end_sessions_of(public_id user, admin_call call) = 0;

    // What is held against clients and accounts, the longest wait first: up to `limit`. The filter's account is an
    // address in any spelling. What the filter's views refer to must outlive the task.
    virtual task<result<std::vector<throttle_entry>>> throttles(throttle_filter which, std::size_t limit) = 0;
    // Forgets it; how many there were.
    virtual task<result<std::size_t>> clear_throttles(throttle_filter which, admin_call call) = 0;

    virtual task<result<session_page>> sessions(std::optional<session_cursor> after, std::size_t limit) = 0;
    virtual task<result<void>> end_session(public_id id, admin_call call) = 0;
};

}  // namespace latchkey
