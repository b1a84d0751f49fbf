// The authenticator over a user store, a hasher, a throttle and a session authority.
#pragma once

#include "worker_pool.hpp"

#include <latchkey/audit.hpp>
#include <latchkey/authenticator.hpp>
#include <latchkey/log.hpp>
#include <latchkey/password_hasher.hpp>
#include <latchkey/throttle.hpp>
#include <latchkey/user_store.hpp>

#include <cstddef>
#include <memory>

namespace latchkey {

class device_tokens;

// What it works with. All of it must outlive the authenticator and every call on it.
struct authenticator_parts {
    user_store& users;
    worker_pool& database;  // where `users` is called
    password_hasher& hasher;
    throttle& attempts;
    const device_tokens& devices;
    session_authority& sessions;
    audit_sink& audit;
    logger& log;
    bool remote_user_is_email = false;     // see make_profile()
    std::size_t min_password_length = 12;  // code points, of a new password
};

std::unique_ptr<authenticator> make_authenticator(const authenticator_parts& parts);

}  // namespace latchkey
