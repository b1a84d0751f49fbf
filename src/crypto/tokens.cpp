#include "tokens.hpp"

#include "byte_lanes.hpp"
#include "sodium.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace latchkey {
namespace {

constexpr int base64url = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t raw_length = 32;

// The token's bytes, and room behind them for what decoding writes in whole registers.
using raw_token = std::array<unsigned char, raw_length + 5>;

// The same register as other numbers.
using eight = std::uint16_t __attribute__((vector_size(16)));
using four = std::uint32_t __attribute__((vector_size(16)));

constexpr bool first_is_low = std::endian::native == std::endian::little;

// What each digit of base64url (RFC 4648 section 5) stands for; `known` says which ones are digits. The alphabet lies
// in ASCII as five runs: whether a character is in one follows from how many ends of theirs it has passed, and its
// value is what those have added up to.
byte_lanes values_of(byte_lanes c, byte_lanes& known) noexcept {
    const byte_lanes from_0 = c > '0' - 1, to_9 = c > '9', from_A = c > 'A' - 1, to_Z = c > 'Z', from_a = c > 'a' - 1,
                     to_z = c > 'z', dash = c == '-', line = c == '_';
    known = from_0 ^ to_9 ^ from_A ^ to_Z ^ from_a ^ to_z ^ dash ^ line;
    constexpr int upper = 0 - 'A', lower = 26 - 'a', digit = 52 - '0';
    const byte_lanes distance = (from_0 & digit) + (from_A & (upper - digit)) + (from_a & (lower - upper)) +
                                (dash & (62 - '-')) + (line & (63 - '_' - upper));
    // Unsigned: what is no digit may go beyond a signed lane.
    return reinterpret_cast<byte_lanes>(reinterpret_cast<octet_lanes>(c) + reinterpret_cast<octet_lanes>(distance));
}

// What sixteen characters stand for, three bytes in each number.
four decode_sixteen(byte_lanes c, byte_lanes& known) noexcept {
    const auto two = reinterpret_cast<eight>(values_of(c, known));
    const eight twelve_bits = first_is_low ? (two & 0xff) << 6 | two >> 8 : (two >> 8) << 6 | (two & 0xff);
    const auto pairs = reinterpret_cast<four>(twelve_bits);
    return first_is_low ? (pairs & 0xffff) << 12 | pairs >> 16 : (pairs >> 16) << 12 | (pairs & 0xffff);
}

// Their bytes, and another one behind them.
void store_threes(four numbers, unsigned char* to) noexcept {
    std::array<std::uint32_t, 4> each;
    numbers <<= 8;
    std::memcpy(each.data(), &numbers, sizeof each);
    const auto store = [to](std::size_t at, std::uint32_t number) {
        const std::uint32_t ordered = first_is_low ? __builtin_bswap32(number) : number;
        std::memcpy(to + at, &ordered, sizeof ordered);
    };
    store(0, each[0]);
    store(3, each[1]);
    store(6, each[2]);
    store(9, each[3]);
}

// For buffers of a few bytes: libsodium's takes as long for one as decoding does.
template <class T, std::size_t size>
void wipe(std::array<T, size>& bytes) noexcept {
    bytes.fill(0);
    asm volatile("" : : "r"(bytes.data()) : "memory");  // as if somebody were to read it
}

// libsodium's own decoder takes 300 ns for a token, which counts at a check's price. This one, too, looks nothing up
// and never branches on what it reads.
bool decode(std::string_view token, raw_token& raw) noexcept {
    static_assert(token_length == 43);
    std::array<char, lane_count> tail;
    tail.fill('A');  // digits that stand for zeroes
    std::copy_n(token.data() + 32, 11, tail.begin());

    byte_lanes all_known = byte_lanes{} - 1;
    const auto decode_at = [&](const char* from, unsigned char* to) {
        byte_lanes known;
        store_threes(decode_sixteen(load_lanes(from), known), to);
        all_known &= known;
    };
    decode_at(token.data(), raw.data());
    decode_at(token.data() + 16, raw.data() + 12);
    decode_at(tail.data(), raw.data() + 24);
    wipe(tail);

    // Two bits of the last character carry nothing. Were they let through, one session would have four cookies.
    const bool spare_bits = raw[raw_length] != 0;
    return lane_bits(all_known) == all_lanes && !spare_bits;
}

// BLAKE2b-256 (RFC 7693). To begin takes libsodium a tenth of its time and is always the same. It wipes what it has
// read.
void hash(const raw_token& raw, session_key& key) noexcept {
    static const crypto_generichash_state begun = [] {
        crypto_generichash_state state;
        crypto_generichash_init(&state, nullptr, 0, sizeof session_key::bytes);
        return state;
    }();
    crypto_generichash_state state = begun;
    crypto_generichash_update(&state, raw.data(), raw_length);
    crypto_generichash_final(&state, key.bytes.data(), key.bytes.size());
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
        hash(raw, key);
    wipe(raw);
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
