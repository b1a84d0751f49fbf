#include "tokens.hpp"

#include "sodium.hpp"

#include <sodium.h>

#include <array>
#include <cstdint>

namespace latchkey {
namespace {

constexpr int base64url = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t raw_length = 32;
constexpr std::size_t whole_groups = raw_length / 3;  // of four characters each; three characters remain

using raw_token = std::array<unsigned char, raw_length>;

constexpr std::uint8_t outside = 0xff;  // both high bits set, which no digit has

constexpr auto digit_values = [] {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::array<std::uint8_t, 256> values{};
    values.fill(outside);
    for (std::size_t i = 0; i < digits.size(); ++i)
        values[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
    return values;
}();

// libsodium's own decoder looks nothing up, at 300 ns a token against 30; at a check's price that counts. What a
// look-up may tell a neighbour on the same core through the cache is which of two lines a character falls in, of a
// token that he'd have to see checked; the token's 256 bits bear that.
bool decode(std::string_view token, raw_token& raw) noexcept {
    const auto digit = [&](std::size_t i) { return std::uint32_t{digit_values[static_cast<unsigned char>(token[i])]}; };
    std::uint32_t seen = 0;
    for (std::size_t group = 0; group < whole_groups; ++group) {
        const auto a = digit(4 * group), b = digit(4 * group + 1), c = digit(4 * group + 2), d = digit(4 * group + 3);
        seen |= a | b | c | d;
        const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
        raw[3 * group] = static_cast<unsigned char>(bits >> 16);
        raw[3 * group + 1] = static_cast<unsigned char>(bits >> 8);
        raw[3 * group + 2] = static_cast<unsigned char>(bits);
    }
    const auto a = digit(4 * whole_groups), b = digit(4 * whole_groups + 1), c = digit(4 * whole_groups + 2);
    raw[3 * whole_groups] = static_cast<unsigned char>(a << 2 | b >> 4);
    raw[3 * whole_groups + 1] = static_cast<unsigned char>(b << 4 | c >> 2);

    // Two bits of the last character carry nothing. Were they let through, one session would have four cookies.
    const bool spare_bits = (c & 0x03U) != 0;
    return ((seen | a | b | c) & 0xc0U) == 0 && !spare_bits;
}

}  // namespace

void init_crypto() {
    ensure_sodium();
}

secret new_session_token() {
    secret raw = secret::of_size(raw_length);
    randombytes_buf(raw.writable().data(), raw.size());

    secret terminated = secret::of_size(token_length + 1);
    sodium_bin2base64(terminated.writable().data(), terminated.size(),
                      reinterpret_cast<const unsigned char*>(raw.reveal().data()), raw.size(), base64url);
    return secret(terminated.reveal().substr(0, token_length));
}

result<session_key> key_of(std::string_view token) {
    if (token.size() != token_length)
        return errc::no_session;
    ensure_sodium();
    raw_token raw;
    session_key key;
    const bool canonical = decode(token, raw);
    if (canonical)
        crypto_generichash(key.bytes.data(), key.bytes.size(), raw.data(), raw.size(), nullptr, 0);
    sodium_memzero(raw.data(), raw.size());
    if (!canonical)
        return errc::no_session;
    return key;
}

void fill_with_randomness(std::span<std::uint8_t> out) {
    ensure_sodium();
    randombytes_buf(out.data(), out.size());
}

public_id random_public_id() {
    ensure_sodium();
    public_id id;
    randombytes_buf(id.bytes.data(), id.bytes.size());
    return id;
}

}  // namespace latchkey
