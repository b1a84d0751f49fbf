// HMAC with SHA-256: by libsodium. Whoever checks such a token can also make one, so no part of the key is published.
#include "mac.hpp"
#include "sodium.hpp"
#include "token_signer.hpp"

#include <sodium.h>

#include <array>
#include <utility>

namespace latchkey {
namespace {

class hs256_signer final : public token_signer {
public:
    explicit hs256_signer(secret key) : key_(std::move(key)) { ensure_sodium(); }

    token_algorithm algorithm() const noexcept override { return token_algorithm::hs256; }

    result<std::vector<std::uint8_t>> sign(std::string_view input) const override {
        const auto tag = tag_of(input);
        return std::vector<std::uint8_t>(tag.begin(), tag.end());
    }

    bool verify(std::string_view input, std::span<const std::uint8_t> signature) const override {
        auto expected = tag_of(input);
        const bool same = is_same_tag(expected, signature);
        sodium_memzero(expected.data(), expected.size());
        return same;
    }

    std::string public_members() const override { return {}; }

    // Under a key derived from the secret: whoever has only the name cannot try guesses any faster than on a token.
    std::string id() const override {
        secret derived = secret::of_size(mac::key_size);
        crypto_generichash(reinterpret_cast<unsigned char*>(derived.writable().data()), derived.size(), key_bytes(),
                           key_.size(), nullptr, 0);
        return open_base64url(mac(derived, "token key id").of({}));
    }

    secret write() const override {
        secret text = secret::of_size(sodium_base64_ENCODED_LEN(key_.size(), sodium_base64_VARIANT_ORIGINAL));
        sodium_bin2base64(text.writable().data(), text.size(), key_bytes(), key_.size(),
                          sodium_base64_VARIANT_ORIGINAL);
        text.writable().back() = '\n';  // in the terminator's place
        return text;
    }

private:
    using hmac = std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES>;

    const unsigned char* key_bytes() const noexcept {
        return reinterpret_cast<const unsigned char*>(key_.reveal().data());
    }

    hmac tag_of(std::string_view input) const noexcept {
        const auto bytes = bytes_of(input);
        crypto_auth_hmacsha256_state state;
        crypto_auth_hmacsha256_init(&state, key_bytes(), key_.size());
        crypto_auth_hmacsha256_update(&state, bytes.data(), bytes.size());
        hmac out{};
        crypto_auth_hmacsha256_final(&state, out.data());
        sodium_memzero(&state, sizeof state);
        return out;
    }

    const secret key_;
};

}  // namespace

std::unique_ptr<const token_signer> make_hs256_signer(secret key) {
    return std::make_unique<hs256_signer>(std::move(key));
}

}  // namespace latchkey
