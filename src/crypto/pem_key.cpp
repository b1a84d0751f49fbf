#include "pem_key.hpp"

#include "key_fault.hpp"
#include "sodium.hpp"

#include <climits>
#include <sodium.h>

#include <algorithm>
#include <new>

#include <openssl/err.h>

namespace latchkey {
namespace {

constexpr std::string_view pem_begin = "-----BEGIN PRIVATE KEY-----\n";
constexpr std::string_view pem_end = "-----END PRIVATE KEY-----\n";
constexpr std::size_t pem_columns = 64;

// Which of the many other things in PEM this is.
key_fault fault_of_other(std::string_view text) noexcept {
    const auto has = [&](std::string_view label) { return text.find(label) != std::string_view::npos; };
    if (has("BEGIN ENCRYPTED PRIVATE KEY") || has("Proc-Type: 4,ENCRYPTED"))
        return key_fault::encrypted;
    if (has(" PRIVATE KEY-----"))
        return has("-----BEGIN PRIVATE KEY-----") ? key_fault::not_a_key : key_fault::other_container;
    return has("BEGIN PUBLIC KEY") ? key_fault::public_only : key_fault::not_a_key;
}

// The lines of base64 between the two marks.
result<std::string_view> body_of(std::string_view text) noexcept {
    const auto other = text.find("-----BEGIN ", 1);
    if (text.starts_with("-----BEGIN ") && other != std::string_view::npos)
        return key_fault::several;
    if (!text.starts_with(pem_begin))
        return fault_of_other(text);
    text.remove_prefix(pem_begin.size());
    // The last line need not end.
    const auto mark = text.ends_with('\n') ? pem_end : pem_end.substr(0, pem_end.size() - 1);
    if (!text.ends_with(mark))
        return key_fault::not_a_key;
    return text.substr(0, text.size() - mark.size());
}

}  // namespace

result<evp_pkey> read_pem_key(std::string_view text) {
    ensure_sodium();
    const auto body = body_of(text);
    if (!body)
        return body.error();
    secret der = secret::of_size(body->size());
    std::size_t size = 0;
    const char* end = nullptr;
    // libsodium 1.0.18 reads bytes beyond ASCII as digits.
    const bool ascii = std::none_of(body->begin(), body->end(), [](char c) { return (c & 0x80) != 0; });
    if (!ascii || body->empty() || body->front() == '\n' ||
        sodium_base642bin(reinterpret_cast<unsigned char*>(der.writable().data()), der.size(), body->data(),
                          body->size(), "\n", &size, &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != body->data() + body->size() || size > INT_MAX)
        return key_fault::not_a_key;

    const auto* at = reinterpret_cast<const unsigned char*>(der.reveal().data());
    const auto* const behind = at + size;
    const pkcs8_key wrapped(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(size)));
    if (!wrapped || at != behind) {
        ERR_clear_error();
        return key_fault::not_a_key;
    }
    evp_pkey key(EVP_PKCS82PKEY(wrapped.get()));
    ERR_clear_error();
    if (!key)
        return key_fault::other_type;
    return key;
}

secret write_pem_key(const EVP_PKEY& key) {
    ensure_sodium();
    const pkcs8_key wrapped(EVP_PKEY2PKCS8(&key));
    const int size = wrapped ? i2d_PKCS8_PRIV_KEY_INFO(wrapped.get(), nullptr) : 0;
    if (size <= 0)
        throw std::bad_alloc();
    secret der = secret::of_size(static_cast<std::size_t>(size));
    auto* out = reinterpret_cast<unsigned char*>(der.writable().data());
    const auto* const bytes = out;
    i2d_PKCS8_PRIV_KEY_INFO(wrapped.get(), &out);

    secret digits = secret::of_size(sodium_base64_ENCODED_LEN(der.size(), sodium_base64_VARIANT_ORIGINAL));
    sodium_bin2base64(digits.writable().data(), digits.size(), bytes, der.size(), sodium_base64_VARIANT_ORIGINAL);
    const std::size_t length = digits.size() - 1;  // less the terminator
    const std::size_t lines = (length + pem_columns - 1) / pem_columns;
    secret text = secret::of_size(pem_begin.size() + length + lines + pem_end.size());
    char* to = std::copy(pem_begin.begin(), pem_begin.end(), text.writable().data());
    for (std::size_t done = 0; done < length; done += pem_columns) {
        const auto line = digits.reveal().substr(done, std::min(pem_columns, length - done));
        to = std::copy(line.begin(), line.end(), to);
        *to++ = '\n';
    }
    std::copy(pem_end.begin(), pem_end.end(), to);
    return text;
}

}  // namespace latchkey
