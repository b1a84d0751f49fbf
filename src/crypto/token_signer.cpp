#include "token_signer.hpp"

#include "base64url.hpp"
#include "mac.hpp"
#include "sodium.hpp"

#include <sodium.h>

#include <array>

namespace latchkey {

std::string open_base64url(std::span<const std::uint8_t> bytes) {
    return std::string(write_base64url(bytes).reveal());
}

std::string thumbprint_of(std::string_view members) {
    ensure_sodium();
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash{};
    const auto bytes = bytes_of(members);
    crypto_hash_sha256(hash.data(), bytes.data(), bytes.size());
    return open_base64url(hash);
}

}  // namespace latchkey
