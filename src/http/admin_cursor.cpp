#include "admin_cursor.hpp"

namespace latchkey::http {
namespace {

constexpr char user_mark = 'u';
constexpr char session_mark = 's';
constexpr std::size_t id_size = 32;

}  // namespace

std::string write_cursor(const public_id& last_user) {
    return user_mark + last_user.str();
}

std::string write_cursor(const session_cursor& last) {
    return session_mark + last.user.str() + last.session.str();
}

result<public_id> read_user_cursor(std::string_view text) noexcept {
    if (text.size() != 1 + id_size || text.front() != user_mark)
        return errc::invalid_request;
    const auto last = public_id::parse(text.substr(1));
    if (!last)
        return errc::invalid_request;
    return *last;
}

result<session_cursor> read_session_cursor(std::string_view text) noexcept {
    if (text.size() != 1 + 2 * id_size || text.front() != session_mark)
        return errc::invalid_request;
    const auto user = public_id::parse(text.substr(1, id_size));
    const auto session = public_id::parse(text.substr(1 + id_size));
    if (!user || !session)
        return errc::invalid_request;
    return session_cursor{*user, *session};
}

}  // namespace latchkey::http
