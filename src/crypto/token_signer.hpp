// What a signing_key does with its algorithm: one implementation for each, behind make_…() functions.
//
// Immutable: all members may be called from every thread.
#pragma once

#include "openssl_handles.hpp"
#include "token_algorithm.hpp"

#include <latchkey/error.hpp>
#include <latchkey/secret.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

class token_signer {
public:
    virtual ~token_signer() = default;

    virtual token_algorithm algorithm() const noexcept = 0;
    // errc::overloaded when there is no memory for it.
    virtual result<std::vector<std::uint8_t>> sign(std::string_view input) const = 0;
    // No for every length but the algorithm's own.
    virtual bool verify(std::string_view input, std::span<const std::uint8_t> signature) const = 0;
    // The members that a JWK thumbprint is made of, as one JSON object in its canonical order (RFC 7638); empty where
    // no part of the key is public.
    virtual std::string public_members() const = 0;
    // The name that tokens carry.
    virtual std::string id() const = 0;
    // What a key file holds.
    virtual secret write() const = 0;
};

// `seed`: 32 bytes.
std::unique_ptr<const token_signer> make_ed25519_signer(secret seed);
// `key`: a private key on P-256. Throws std::bad_alloc.
std::unique_ptr<const token_signer> make_es256_signer(evp_pkey key);
// `key`: at least 32 bytes.
std::unique_ptr<const token_signer> make_hs256_signer(secret key);

// base64url of the SHA-256 of `members` (RFC 7638).
std::string thumbprint_of(std::string_view members);
// base64url in a string that need not be kept secret.
std::string open_base64url(std::span<const std::uint8_t> bytes);

}  // namespace latchkey
