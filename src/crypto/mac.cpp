#include "mac.hpp"

#include "sodium.hpp"

#include <sodium.h>

#include <stdexcept>

namespace latchkey {

mac::mac(const secret& key, std::string_view purpose) : key_(secret::of_size(key_size)) {
    if (key.size() != key_size)
        throw std::invalid_argument("a key must have 32 bytes");
    ensure_sodium();
    const auto from = bytes_of(purpose);
    crypto_generichash(reinterpret_cast<unsigned char*>(key_.writable().data()), key_size, from.data(), from.size(),
                       reinterpret_cast<const unsigned char*>(key.reveal().data()), key.size());
}

mac::tag mac::of(std::initializer_list<std::span<const std::uint8_t>> parts) const noexcept {
    tag out{};
    hash(parts, out);
    return out;
}

mac::digest mac::digest_of(std::initializer_list<std::span<const std::uint8_t>> parts) const noexcept {
    digest out{};
    hash(parts, out);
    return out;
}

void mac::hash(std::initializer_list<std::span<const std::uint8_t>> parts, std::span<std::uint8_t> out) const noexcept {
    crypto_generichash_state state;
    crypto_generichash_init(&state, reinterpret_cast<const unsigned char*>(key_.reveal().data()), key_size, out.size());
    for (const auto part : parts)
        crypto_generichash_update(&state, part.data(), part.size());
    crypto_generichash_final(&state, out.data(), out.size());
    sodium_memzero(&state, sizeof state);
}

bool is_same_tag(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) noexcept {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace latchkey
