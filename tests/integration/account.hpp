// What somebody who is signed in does with sessions and passwords, in as few words as a test wants to spend on it.
#pragma once

#include "latchkey_server.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace latchkey::test {

// Status of GET /sessions/whoami.
int whoami(const latchkey_server& server, const std::string& cookie);
// The session object of that cookie. Throws std::runtime_error when it is nobody's.
nlohmann::json session_of(const latchkey_server& server, const std::string& cookie);
std::string id_of(const latchkey_server& server, const std::string& cookie);

http_request list_request(const std::string& cookie);
// `target`: an id, or "" or "?all=true" for many.
http_request end_request(const std::string& cookie, const std::string& target);
http_request reauthentication(const std::string& cookie, const std::string& password);
http_request password_change(const std::string& cookie, const std::string& current, const std::string& fresh);

// Status of a login with this password.
int login_status(const latchkey_server& server, const std::string& email, const std::string& password);

// Enough users for a suite whose tests change passwords: "person0@example.com" and so on.
std::vector<test_user> people(std::size_t count);

}  // namespace latchkey::test
