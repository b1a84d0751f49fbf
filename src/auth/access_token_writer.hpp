// Writes access tokens: what they say of a session and its user, for how long, and whether they have room for it.
#pragma once

#include "make_token_authority.hpp"
#include "token_claims.hpp"

#include <cstddef>
#include <string>

namespace latchkey {

enum class token_purpose {
    credential,  // its holder may come in by it
    upstream,    // a proof for an application behind a proxy, and no credential here
};

// Immutable: all members may be called from every thread. What it is made of must outlive it.
class access_token_writer {
public:
    access_token_writer(const token_settings& settings, const clock& time, logger& log) noexcept
        : settings_(settings), time_(time), log_(log) {}

    // Errors as token_authority::issue(). One that is too large is told to the log, too.
    result<access_token> write(const session& of, token_purpose what_for, const token_keys& keys) const;

    // errc::token_too_large, told to the log, if any token for this user would be that. Throws std::bad_alloc.
    boost::system::error_code objection_to(const user& who) const;

private:
    std::string claims_of(const session& of, seconds lifetime, token_purpose what_for) const;
    void tell_too_large(const public_id& who, std::size_t size) const noexcept;

    const token_settings& settings_;
    const clock& time_;
    logger& log_;
};

}  // namespace latchkey
