#include "signing_key.hpp"

#include "compact_jws.hpp"
#include "mac.hpp"
#include "read_key.hpp"
#include "sodium.hpp"
#include "token_signer.hpp"

#include <sodium.h>

#include <new>
#include <utility>

namespace latchkey {
namespace {

secret random_secret(std::size_t size) {
    ensure_sodium();
    secret out = secret::of_size(size);
    randombytes_buf(out.writable().data(), out.size());
    return out;
}

std::unique_ptr<const token_signer> new_signer(token_algorithm algorithm) {
    switch (algorithm) {
        case token_algorithm::ed25519:
            return make_ed25519_signer(random_secret(crypto_sign_SEEDBYTES));
        case token_algorithm::hs256:
            return make_hs256_signer(random_secret(crypto_auth_hmacsha256_KEYBYTES));
        case token_algorithm::es256:
            break;
    }
    evp_pkey key(EVP_EC_gen("P-256"));
    if (!key)
        throw std::bad_alloc();
    return make_es256_signer(std::move(key));
}

std::string header_of(token_algorithm algorithm, std::string_view id) {
    std::string json = R"({"alg":")";
    json.append(name_of(algorithm)).append(R"(","kid":")").append(id).append(R"(","typ":"at+jwt"})");
    return open_base64url(bytes_of(json));
}

}  // namespace

signing_key::signing_key(std::unique_ptr<const token_signer> signer)
    : signer_(std::move(signer)), id_(signer_->id()), header_(header_of(signer_->algorithm(), id_)) {
}

signing_key::signing_key(signing_key&&) noexcept = default;
signing_key& signing_key::operator=(signing_key&&) noexcept = default;
signing_key::~signing_key() = default;

result<signing_key> signing_key::read(const secret& file_text) {
    auto signer = read_key(file_text.reveal());
    if (!signer)
        return signer.error();
    return signing_key(*std::move(signer));
}

signing_key signing_key::generate(token_algorithm algorithm) {
    return signing_key(new_signer(algorithm));
}

secret signing_key::write() const {
    return signer_->write();
}

token_algorithm signing_key::algorithm() const noexcept {
    return signer_->algorithm();
}

std::string signing_key::public_jwk() const {
    std::string members = signer_->public_members();
    if (members.empty())
        return {};
    members.pop_back();
    members.append(R"(,"alg":")").append(name_of(algorithm()));
    return members.append(R"(","kid":")").append(id_).append(R"(","use":"sig"})");
}

result<std::string> signing_key::sign(std::string_view payload_json) const {
    if (payload_json.empty())
        return errc::invalid_request;
    if (payload_json.size() > largest_payload)
        return errc::token_too_large;
    std::string token = header_ + '.' + open_base64url(bytes_of(payload_json));
    const auto signature = signer_->sign(token);
    if (!signature)
        return signature.error();
    token.append(1, '.').append(open_base64url(*signature));
    return token;
}

bool signing_key::verify(std::string_view signing_input, std::span<const std::uint8_t> signature) const {
    return signer_->verify(signing_input, signature);
}

}  // namespace latchkey
