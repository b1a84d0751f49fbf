// Errors as values.
//
// Expected outcomes travel as result<T> with one of the codes below. A foreign code (SQLite's, the kernel's) is logged
// where it arises and becomes errc::store_unavailable at that border. Exceptions are for start-up and for bugs.
#pragma once

#include <latchkey/clock.hpp>

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <string_view>

namespace latchkey {

enum class errc {
    // Who are you?
    no_session = 1,         // no cookie, an unknown one, or one whose session ended
    invalid_credentials,    // unknown user, wrong password, disabled user: never told apart
    forbidden,              // known, but not permitted
    ambiguous_credentials,  // a cookie and a token of two different users
    // What you sent
    invalid_email,       // not an address in canonical form (see email.hpp)
    invalid_request,     // malformed in a way that no other code says better
    password_too_long,   // over 1,024 bytes; said before any lookup
    password_too_short,  // fewer characters than password.min_length
    password_common,     // on the list of common passwords
    password_personal,   // made of the user's own email or the service's name
    not_found,           // no such user or session
    already_exists,      // the email belongs to another user
    // What we can't do now
    overloaded,         // a bounded queue is full: try again later
    session_limit,      // session.max_total is reached: existing sessions go on
    store_unavailable,  // the database or another store failed; nothing is known about the answer
    unsupported_hash,   // a stored password hash is not argon2id within bounds
    token_too_large,    // an access token for this user would be longer than any may be
};

const boost::system::error_category& latchkey_category() noexcept;

inline boost::system::error_code make_error_code(errc e) noexcept {
    return {static_cast<int>(e), latchkey_category()};
}

// "Too many attempts: wait this long." A code of a category of its own, whose value is the seconds, 1 to a day.
boost::system::error_code throttled_for(seconds wait) noexcept;
// The seconds of such a code; zero for all others.
seconds throttle_wait(const boost::system::error_code& error) noexcept;

// What to do better, in one sentence for the person who chose a password; empty for all other codes.
std::string_view advice(const boost::system::error_code& error) noexcept;

template <class T>
using result = boost::system::result<T>;

}  // namespace latchkey

template <>
struct boost::system::is_error_code_enum<latchkey::errc> : std::true_type {};
