#include "account_failure.hpp"

#include <latchkey/error.hpp>

namespace latchkey {

failure no_such_user(const std::string& email) {
    return {exit_refused, "not_found", "There is no user " + email + "."};
}

failure user_exists(const std::string& email) {
    return {exit_refused, "already_exists", "There is a user " + email + " already."};
}

failure no_such_session(const public_id& id) {
    return {exit_refused, "not_found", "There is no session " + id.str() + "."};
}

failure store_failure(boost::system::error_code error, const std::string& email) {
    if (error == errc::not_found)
        return no_such_user(email);
    if (error == errc::already_exists)
        return user_exists(email);
    if (error == errc::invalid_request)
        return {exit_usage, "invalid_request", "The database refused a malformed value."};
    return {exit_unavailable, "store_unavailable", "The database failed; whether anything was changed is not known."};
}

}  // namespace latchkey
