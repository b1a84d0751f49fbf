// What a `latchkey user` command works at: the configuration, the user store, and the errors of both in words.
#pragma once

#include "console.hpp"

#include <latchkey/user_store.hpp>

#include <functional>
#include <string>

namespace latchkey {

struct user_desk {
    const console& io;
    bool json;
    const config& options;
    user_store& users;
};

// Loads the configuration, opens the store, does `work`, and tells the outcome: exit_done, or the failure's.
int at_user_desk(const console& io, const std::string& config_file, bool json,
                 const std::function<attempt<void>(user_desk&)>& work);

// `typed` in its canonical form, or a failure that says what is wrong with it.
attempt<email_address> read_email(const std::string& typed);

// Separated by commas; spaces around a name do not count, and an empty text has no groups.
attempt<std::vector<std::string>> read_groups(const std::string& typed);

// The user with that address, or a failure.
attempt<stored_user> find_user(const user_desk& desk, const email_address& email);

// A store's error in words. `email` is whom it concerned.
failure store_failure(boost::system::error_code error, const std::string& email);

}  // namespace latchkey
