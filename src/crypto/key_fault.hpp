// Why the text of a key file is not a key to sign tokens with. The messages continue "The key …" and hold no content.
#pragma once

#include <boost/system/error_code.hpp>

#include <type_traits>

namespace latchkey {

enum class key_fault {
    not_a_key = 1,    // neither PEM nor base64, cut off, or with something behind it
    too_large,        // over 4 KiB
    encrypted,        // needs a passphrase, and nobody is there to type it
    public_only,      // signs nothing
    several,          // which one?
    other_container,  // "EC PRIVATE KEY" and the like
    other_type,       // RSA, P-384, X25519, explicit curve parameters
    inconsistent,     // its public half is not that of its private half
    too_short,        // HS256: under 256 bits
    too_long,         // HS256: over 512 bytes
    not_random,       // HS256: an example, a word, one byte all the way
};

const boost::system::error_category& key_fault_category() noexcept;

inline boost::system::error_code make_error_code(key_fault fault) noexcept {
    return {static_cast<int>(fault), key_fault_category()};
}

}  // namespace latchkey

template <>
struct boost::system::is_error_code_enum<latchkey::key_fault> : std::true_type {};
