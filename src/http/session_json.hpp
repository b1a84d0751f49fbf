// The session object of the API (docs/api.md).
#pragma once

#include <latchkey/session_store.hpp>

#include <span>
#include <string>
#include <string_view>

namespace latchkey::http {

inline constexpr std::string_view json_type = "application/json; charset=utf-8";

// `current`: whether it is the caller's own.
std::string session_json(const listed_session& s, bool current);

// {"sessions":[…]}, in the order given. `current`: the caller's own.
std::string sessions_json(std::span<const listed_session> all, const public_id& current);

// The answer to a JSON login: the session and where to go, or null.
std::string login_json(const listed_session& s, const std::string* redirect);

}  // namespace latchkey::http
