// What can go wrong with users and sessions, in words that are the same whoever did the work.
#pragma once

#include "failure.hpp"

#include <latchkey/user.hpp>

#include <boost/system/error_code.hpp>

#include <string>

namespace latchkey {

failure no_such_user(const std::string& email);
failure user_exists(const std::string& email);
failure no_such_session(const public_id& id);

// A store's error. `email`: of the user concerned; where an address was to be changed, the new one.
failure store_failure(boost::system::error_code error, const std::string& email = {});

}  // namespace latchkey
