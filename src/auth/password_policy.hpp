// Which passwords may be set (requirements P1, P2). Asked when one is chosen, never at login: what was accepted once
// keeps working.
//
// Length, not composition: no rule asks for digits or symbols. A length is counted in code points of the bytes as
// given; nothing is normalised, trimmed or cut.
#pragma once

#include <latchkey/email.hpp>
#include <latchkey/error.hpp>

#include <cstddef>
#include <string_view>

namespace latchkey {

inline constexpr std::size_t longest_password = 1'024;  // bytes

enum class password_verdict {
    acceptable,
    too_long,      // over longest_password bytes
    not_utf8,      // some bytes are no text: it could not be typed again on another device
    too_short,     // fewer code points than asked for
    common,        // on the built-in list
    own_email,     // the user's address or its local part and little else
    service_name,  // "latchkey" and little else
};

// `min_length` in code points.
password_verdict judge_password(std::string_view password, const email_address& owner, std::size_t min_length) noexcept;

// For the person who chose it; empty for acceptable. A whole sentence that does not repeat the password.
std::string_view reason(password_verdict verdict) noexcept;

// Success, or the errc::password_… that says why not; errc::invalid_request for what is no text.
boost::system::error_code to_error(password_verdict verdict) noexcept;

}  // namespace latchkey
