// Random names: the token that a session's cookie carries, the key that the server keeps of it, and public ids.
//
// Token: 32 bytes from the system's generator as 43 base64url characters. Key: BLAKE2b-256 of those 32 bytes, so that
// what a store, a dump or a backup holds opens nothing (requirements C2, C4). All functions may be called from every
// thread; key_of() is on the check path.
#pragma once

#include <latchkey/error.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/session.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace latchkey {

inline constexpr std::size_t token_length = 43;  // characters of a cookie value

// Starts libsodium. Call it once at start-up, so that a machine without randomness is told then and not at the first
// login. Throws std::runtime_error.
void init_crypto();

// The value of a new session's cookie. Throws std::bad_alloc.
secret new_session_token();

// The key behind a cookie value. Takes the one canonical form only: exactly token_length characters of the base64url
// alphabet, unused trailing bits zero; errc::no_session for all else (requirement C3). Allocates nothing and leaves no
// copy of the token behind.
result<session_key> key_of(std::string_view token);

public_id random_public_id();

// Fills `out` from the system's generator.
void fill_with_randomness(std::span<std::uint8_t> out);

}  // namespace latchkey
