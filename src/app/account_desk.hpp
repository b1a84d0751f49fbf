// Users, sessions and throttles, as the commands work at them, whoever does the work: a running server, or the command
// itself on the database while there is none. open_desk.hpp decides which.
//
// Blocking. What ends sessions has ended them when it returns, wherever they are (requirement V3). A failure is ready
// to be told to the person who asked; "not_found" and "already_exists" are among the codes.
#pragma once

#include "failure.hpp"

#include <latchkey/administrator.hpp>

#include <cstddef>
#include <functional>
#include <vector>

namespace latchkey {

class account_desk {
public:
    virtual ~account_desk() = default;

    virtual attempt<user> find(const email_address& email) = 0;
    virtual attempt<std::vector<user>> users() = 0;  // all, by id

    // The password's rules are the caller's to have checked; a server checks them again.
    virtual attempt<user> add(user_draft draft) = 0;
    // All of `patch` or nothing; the user as it is then.
    virtual attempt<user> change(const user& whom, user_patch patch) = 0;
    virtual attempt<void> remove(const user& whom) = 0;

    // The user's live sessions, newest first.
    virtual attempt<std::vector<listed_session>> sessions_of(const user& whom) = 0;
    // All live sessions, a page at a time: there may be millions.
    virtual attempt<void> each_session(const std::function<void(const std::vector<listed_session>&)>& read) = 0;
    virtual attempt<void> end_session(const public_id& id) = 0;
    // How many ended.
    virtual attempt<std::size_t> end_sessions_of(const user& whom) = 0;

    // What is held against clients and accounts, the longest wait first; of very many, the first 1,000.
    virtual attempt<std::vector<throttle_entry>> throttles(const throttle_filter& which) = 0;
    // Forgets it; how many there were.
    virtual attempt<std::size_t> clear_throttles(const throttle_filter& which) = 0;
};

}  // namespace latchkey
