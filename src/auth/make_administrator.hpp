// The administrator over a user store, a hasher, a session store and a throttle.
#pragma once

#include "worker_pool.hpp"

#include <latchkey/administrator.hpp>
#include <latchkey/audit.hpp>
#include <latchkey/password_hasher.hpp>

#include <cstddef>
#include <memory>

namespace latchkey {

// What it works with. All of it must outlive the administrator and every call on it.
struct administrator_parts {
    user_store& users;
    worker_pool& database;  // where `users` is called
    password_hasher& hasher;
    session_store& sessions;
    throttle& attempts;
    audit_sink& audit;
    bool remote_user_is_email = false;     // see make_profile()
    std::size_t min_password_length = 12;  // code points
};

std::unique_ptr<administrator> make_administrator(const administrator_parts& parts);

}  // namespace latchkey
