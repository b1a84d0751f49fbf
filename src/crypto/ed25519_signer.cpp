// EdDSA with Ed25519: by libsodium, which refuses S beyond the order and points of small order when it verifies.
#include "mac.hpp"
#include "pem_key.hpp"
#include "sodium.hpp"
#include "token_signer.hpp"

#include <sodium.h>

#include <array>
#include <new>
#include <utility>

namespace latchkey {
namespace {

class ed25519_signer final : public token_signer {
public:
    explicit ed25519_signer(secret seed)
        : seed_(std::move(seed)), secret_(secret::of_size(crypto_sign_SECRETKEYBYTES)) {
        ensure_sodium();
        crypto_sign_seed_keypair(public_.data(), reinterpret_cast<unsigned char*>(secret_.writable().data()),
                                 reinterpret_cast<const unsigned char*>(seed_.reveal().data()));
    }

    token_algorithm algorithm() const noexcept override { return token_algorithm::ed25519; }

    result<std::vector<std::uint8_t>> sign(std::string_view input) const override {
        std::vector<std::uint8_t> out(crypto_sign_BYTES);
        const auto bytes = bytes_of(input);
        crypto_sign_detached(out.data(), nullptr, bytes.data(), bytes.size(),
                             reinterpret_cast<const unsigned char*>(secret_.reveal().data()));
        return out;
    }

    bool verify(std::string_view input, std::span<const std::uint8_t> signature) const override {
        const auto bytes = bytes_of(input);
        return signature.size() == crypto_sign_BYTES &&
               crypto_sign_verify_detached(signature.data(), bytes.data(), bytes.size(), public_.data()) == 0;
    }

    std::string public_members() const override {
        return R"({"crv":"Ed25519","kty":"OKP","x":")" + open_base64url(public_) + "\"}";
    }

    std::string id() const override { return thumbprint_of(public_members()); }

    secret write() const override {
        const evp_pkey key(EVP_PKEY_new_raw_private_key(
            EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed_.reveal().data()), seed_.size()));
        if (!key)
            throw std::bad_alloc();
        return write_pem_key(*key);
    }

private:
    const secret seed_;
    secret secret_;  // the seed and the public key, as libsodium wants them
    std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> public_{};
};

}  // namespace

std::unique_ptr<const token_signer> make_ed25519_signer(secret seed) {
    return std::make_unique<ed25519_signer>(std::move(seed));
}

}  // namespace latchkey
