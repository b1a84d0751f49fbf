#include "read_key.hpp"

#include "key_fault.hpp"
#include "pem_key.hpp"
#include "sodium.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <new>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/err.h>

namespace latchkey {
namespace {

using read_signer = result<std::unique_ptr<const token_signer>>;

constexpr std::size_t largest_key_text = 4096;
constexpr std::size_t shortest_hs256 = 32, longest_hs256 = 512;
// 32 random bytes have about 30 different values; fewer than these happens once in 10^17 keys.
constexpr std::size_t fewest_values = 16;

bool is_plain_text(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; });
}

// Words, "0000…", "abcabc…": what stands in samples, and what people type.
bool looks_random(std::string_view bytes) noexcept {
    std::bitset<256> values;
    for (const char c : bytes)
        values.set(static_cast<unsigned char>(c));
    return values.count() >= fewest_values && !is_plain_text(bytes);
}

read_signer read_shared_key(std::string_view text) {
    ensure_sodium();
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    secret room = secret::of_size(text.size() + 1);
    std::size_t size = 0;
    const char* end = nullptr;
    if (text.empty() ||
        sodium_base642bin(reinterpret_cast<unsigned char*>(room.writable().data()), room.size(), text.data(),
                          text.size(), nullptr, &size, &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != text.data() + text.size())
        return key_fault::not_a_key;
    const auto bytes = room.reveal().substr(0, size);
    if (size < shortest_hs256)
        return key_fault::too_short;
    if (size > longest_hs256)
        return key_fault::too_long;
    if (!looks_random(bytes))
        return key_fault::not_random;
    return make_hs256_signer(secret(bytes));
}

read_signer read_ed25519_key(const EVP_PKEY& key) {
    secret seed = secret::of_size(crypto_sign_SEEDBYTES);
    std::size_t size = seed.size();
    if (EVP_PKEY_get_raw_private_key(&key, reinterpret_cast<unsigned char*>(seed.writable().data()), &size) != 1 ||
        size != seed.size())
        throw std::bad_alloc();
    if (!looks_random(seed.reveal()))
        return key_fault::not_random;
    return make_ed25519_signer(std::move(seed));
}

bool is_on_p256(const EVP_PKEY& key) noexcept {
    std::array<char, 64> curve{};
    std::size_t size = 0;
    int is_explicit = 0;
    return EVP_PKEY_get_group_name(&key, curve.data(), curve.size(), &size) == 1 &&
           std::string_view(curve.data(), size) == "prime256v1" &&
           EVP_PKEY_get_int_param(&key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit) == 1 &&
           is_explicit == 0;
}

read_signer read_p256_key(evp_pkey key) {
    if (!is_on_p256(*key))
        return key_fault::other_type;
    const evp_pkey_context context(EVP_PKEY_CTX_new(key.get(), nullptr));
    if (!context)
        throw std::bad_alloc();
    // Otherwise what it signs would not be what the published half verifies.
    if (EVP_PKEY_check(context.get()) != 1) {
        ERR_clear_error();
        return key_fault::inconsistent;
    }
    return make_es256_signer(std::move(key));
}

}  // namespace

read_signer read_key(std::string_view text) {
    if (text.size() > largest_key_text)
        return key_fault::too_large;
    if (!is_plain_text(text))
        return key_fault::not_a_key;
    if (text.find("-----") == std::string_view::npos)
        return read_shared_key(text);
    auto key = read_pem_key(text);
    if (!key)
        return key.error();
    switch (EVP_PKEY_get_base_id(key->get())) {
        case EVP_PKEY_ED25519:
            return read_ed25519_key(**key);
        case EVP_PKEY_EC:
            return read_p256_key(*std::move(key));
        default:
            return key_fault::other_type;
    }
}

}  // namespace latchkey
