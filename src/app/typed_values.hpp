// What people type on the command line, as the values it stands for. Failures say what is wrong, and are usage errors.
#pragma once

#include "failure.hpp"

#include <latchkey/client_prefix.hpp>
#include <latchkey/email.hpp>
#include <latchkey/user.hpp>

#include <string>
#include <vector>

namespace latchkey {

attempt<email_address> read_email(const std::string& typed);

// Separated by commas; spaces around a name do not count, and an empty text has no groups.
attempt<std::vector<std::string>> read_groups(const std::string& typed);

attempt<std::string> read_name(const std::string& typed);

attempt<public_id> read_session_id(const std::string& typed);

attempt<std::string> read_throttle_id(const std::string& typed);

// An address, or a network as `throttle list` shows it.
attempt<client_prefix> read_client(const std::string& typed);

}  // namespace latchkey
