// A key that signs access tokens, and what of it may be published.
//
// Its algorithm is what it is by its own nature; the text of a token never decides it (J1). Files are src/app's
// business: here are texts. Immutable: all members may be called from every thread.
#pragma once

#include "compact_jws.hpp"
#include "token_algorithm.hpp"

#include <latchkey/error.hpp>
#include <latchkey/secret.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace latchkey {

class token_signer;

class signing_key {
public:
    // The text of a key file: PEM PKCS#8 of an Ed25519 or P-256 key, unencrypted and alone in it, or one line of base64
    // (standard alphabet, padded) of 32 to 512 random bytes for HS256. A key_fault for all else. Throws std::bad_alloc.
    static result<signing_key> read(const secret& file_text);
    // Throws std::bad_alloc.
    static signing_key generate(token_algorithm algorithm);

    signing_key(signing_key&&) noexcept;
    signing_key& operator=(signing_key&&) noexcept;
    ~signing_key();

    // What read() reads. Throws std::bad_alloc.
    secret write() const;

    token_algorithm algorithm() const noexcept;
    // The name that tokens and the JWK carry as "kid": the RFC 7638 thumbprint; for HS256 a keyed hash.
    std::string_view id() const noexcept { return id_; }
    // A JSON object of public parts alone; empty for HS256, which has none.
    std::string public_jwk() const;
    // The one JOSE header that tokens of this key carry, as base64url:
    // {"alg":"EdDSA","kid":"…","typ":"at+jwt"}.
    std::string_view header() const noexcept { return header_; }

    // Bytes of claims that a token has room for, whichever its algorithm: a compact_jws less the longest header, the
    // longest signature and two dots.
    static constexpr std::size_t largest_payload = (compact_jws::largest - 110 - 86 - 2) * 3 / 4;

    // The token whose claims are `payload_json`. errc::token_too_large beyond largest_payload; errc::invalid_request
    // without any; errc::overloaded when there is no memory for it.
    result<std::string> sign(std::string_view payload_json) const;
    // Whether `signature` is this key's over `signing_input`, the first two segments of a token with their dot.
    bool verify(std::string_view signing_input, std::span<const std::uint8_t> signature) const;

private:
    explicit signing_key(std::unique_ptr<const token_signer> signer);

    std::unique_ptr<const token_signer> signer_;
    std::string id_;
    std::string header_;
};

}  // namespace latchkey
