// Where a page of users or sessions ended, as the text that clients hand back for the next one. Opaque to them, and
// URL-safe.
#pragma once

#include <latchkey/session_store.hpp>

#include <string>
#include <string_view>

namespace latchkey::http {

std::string write_cursor(const public_id& last_user);
std::string write_cursor(const session_cursor& last);

// errc::invalid_request for whatever write_cursor() has not made, the other list's cursors included.
result<public_id> read_user_cursor(std::string_view text) noexcept;
result<session_cursor> read_session_cursor(std::string_view text) noexcept;

}  // namespace latchkey::http
