// The refresh token: an opaque credential of a session for programs that cannot keep a cookie.
//
// As bytes: user 16, session 16, secret 32, tag 16. The tag proves that the token was once ours and opens nothing; the
// session's key is made of the secret in a way of its own, so that no refresh token is ever a cookie or the reverse
// (requirement J3). Each token determines its successor: who repeats a request whose answer was lost gets the same one,
// and the server keeps neither (requirement J6, decision 0017). Nobody without the installation's secret can compute
// it; but who has that, and a token, has those that follow.
//
// Immutable: all members may be called from every thread.
#pragma once

#include "mac.hpp"

#include <latchkey/secret.hpp>
#include <latchkey/session.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace latchkey {

// A token that we wrote, in force or not. Wiped when it goes.
class refresh_token {
public:
    refresh_token() noexcept = default;
    refresh_token(const refresh_token&) = default;
    refresh_token& operator=(const refresh_token&) = default;
    ~refresh_token();

    public_id user;
    public_id session;
    std::array<std::uint8_t, 32> random{};
};

class refresh_tokens {
public:
    static constexpr std::size_t length = 107;  // characters

    // `key`: the installation's secret, mac::key_size bytes. Throws as mac.
    explicit refresh_tokens(const secret& key);

    static refresh_token make(const public_id& user, const public_id& session);
    refresh_token successor_of(const refresh_token& token) const noexcept;
    session_key key_of(const refresh_token& token) const noexcept;

    // Throws std::bad_alloc.
    secret write(const refresh_token& token) const;
    // Nothing for whatever write() of this installation has not written.
    std::optional<refresh_token> read(std::string_view text) const noexcept;

private:
    mac::tag seal(const refresh_token& token) const noexcept;

    const mac seal_;
    const mac keys_;
    const mac successors_;
};

}  // namespace latchkey
