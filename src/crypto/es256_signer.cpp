// ECDSA on P-256 with SHA-256: by libcrypto. JOSE's signature is r and s, 32 bytes each; libcrypto's is DER.
#include "mac.hpp"
#include "pem_key.hpp"
#include "token_signer.hpp"

#include <array>
#include <new>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/err.h>

namespace latchkey {
namespace {

constexpr std::size_t coordinate_size = 32;
constexpr std::size_t signature_size = 2 * coordinate_size;
constexpr std::size_t longest_der = 72;  // two integers of 33 bytes at most, and what frames them

using coordinate = std::array<std::uint8_t, coordinate_size>;

coordinate coordinate_of(const EVP_PKEY& key, const char* name) {
    BIGNUM* got = nullptr;
    const bool known = EVP_PKEY_get_bn_param(&key, name, &got) == 1;
    const big_number number(got);
    coordinate out{};
    if (!known || BN_bn2binpad(number.get(), out.data(), coordinate_size) != coordinate_size)
        throw std::bad_alloc();
    return out;
}

class es256_signer final : public token_signer {
public:
    explicit es256_signer(evp_pkey key)
        : key_(std::move(key)),
          x_(coordinate_of(*key_, OSSL_PKEY_PARAM_EC_PUB_X)),
          y_(coordinate_of(*key_, OSSL_PKEY_PARAM_EC_PUB_Y)) {}

    token_algorithm algorithm() const noexcept override { return token_algorithm::es256; }

    result<std::vector<std::uint8_t>> sign(std::string_view input) const override {
        std::array<std::uint8_t, longest_der> der{};
        std::size_t size = der.size();
        const auto bytes = bytes_of(input);
        const evp_digest_context context(EVP_MD_CTX_new());
        if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
            EVP_DigestSign(context.get(), der.data(), &size, bytes.data(), bytes.size()) != 1)
            return failed();
        const std::uint8_t* at = der.data();
        const ecdsa_signature both(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
        std::vector<std::uint8_t> out(signature_size);
        if (!both || BN_bn2binpad(ECDSA_SIG_get0_r(both.get()), out.data(), coordinate_size) < 0 ||
            BN_bn2binpad(ECDSA_SIG_get0_s(both.get()), out.data() + coordinate_size, coordinate_size) < 0)
            return failed();
        return out;
    }

    // libcrypto refuses r and s of zero and of the group's order and beyond.
    bool verify(std::string_view input, std::span<const std::uint8_t> signature) const override {
        if (signature.size() != signature_size)
            return false;
        big_number r(BN_bin2bn(signature.data(), coordinate_size, nullptr));
        big_number s(BN_bin2bn(signature.data() + coordinate_size, coordinate_size, nullptr));
        const ecdsa_signature both(ECDSA_SIG_new());
        if (!r || !s || !both || ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1)
            return false;
        (void)r.release();  // both's now
        (void)s.release();
        std::array<std::uint8_t, longest_der> der{};
        std::uint8_t* end = der.data();
        const int size = i2d_ECDSA_SIG(both.get(), &end);
        const auto bytes = bytes_of(input);
        const evp_digest_context context(EVP_MD_CTX_new());
        const bool genuine = size > 0 && context &&
                             EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
                             EVP_DigestVerify(context.get(), der.data(), static_cast<std::size_t>(size), bytes.data(),
                                              bytes.size()) == 1;
        if (!genuine)
            ERR_clear_error();
        return genuine;
    }

    std::string public_members() const override {
        return R"({"crv":"P-256","kty":"EC","x":")" + open_base64url(x_) + R"(","y":")" + open_base64url(y_) + "\"}";
    }

    std::string id() const override { return thumbprint_of(public_members()); }

    secret write() const override { return write_pem_key(*key_); }

private:
    static errc failed() noexcept {
        ERR_clear_error();
        return errc::overloaded;
    }

    const evp_pkey key_;
    const coordinate x_, y_;
};

}  // namespace

std::unique_ptr<const token_signer> make_es256_signer(evp_pkey key) {
    return std::make_unique<es256_signer>(std::move(key));
}

}  // namespace latchkey
