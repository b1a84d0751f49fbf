// The session object of the API (docs/api.md).
#pragma once

#include <latchkey/session_store.hpp>

#include <string>

namespace latchkey::http {

// `current`: whether it is the caller's own.
std::string session_json(const listed_session& s, bool current);

// The answer to a JSON login: the session and where to go, or null.
std::string login_json(const listed_session& s, const std::string* redirect);

}  // namespace latchkey::http
