// argon2id, synchronously: for the command line, and for the workers of the password_hasher.
//
// The password's exact bytes are hashed: nothing is trimmed, folded or cut (requirement P1).
#pragma once

#include <latchkey/error.hpp>
#include <latchkey/password_hasher.hpp>
#include <latchkey/secret.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace latchkey {

struct argon2_parameters {
    std::size_t memory = 19 * 1024 * 1024;  // bytes; whole KiB count
    unsigned iterations = 2;
    friend bool operator==(const argon2_parameters&, const argon2_parameters&) = default;
};

// Whether hashes made with `parameters` would be read back: at least 8 KiB and 1 iteration, at most what
// argon2_bounds allows.
bool is_usable(const argon2_parameters& parameters) noexcept;

// A new PHC string: one lane, 16 random bytes of salt, 32 bytes of tag. errc::overloaded when there is no memory for
// it. Throws std::invalid_argument unless is_usable(parameters).
result<std::string> hash_password(const secret& password, const argon2_parameters& parameters);

// Compares in constant time; needs_rehash is measured against `today`. errc::unsupported_hash (see phc.hpp), before
// any work; errc::overloaded when there is no memory for it.
result<verification> verify_password(const secret& password, const std::string& phc, const argon2_parameters& today);

}  // namespace latchkey
