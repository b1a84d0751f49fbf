// Bytes as lower-case hexadecimal digits, two at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace latchkey {

inline constexpr auto hex_pairs = [] {
    constexpr char digits[] = "0123456789abcdef";
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t byte = 0; byte < pairs.size(); ++byte)
        pairs[byte] = {digits[byte >> 4], digits[byte & 0xf]};
    return pairs;
}();

// Exactly two characters for each byte, no terminator; where it ended.
inline char* write_hex(std::span<const std::uint8_t> bytes, char* out) noexcept {
    for (const std::uint8_t byte : bytes) {
        std::memcpy(out, hex_pairs[byte].data(), 2);
        out += 2;
    }
    return out;
}

// The highest byte first.
inline char* write_hex(std::uint64_t value, char* out) noexcept {
    for (int shift = 56; shift >= 0; shift -= 8) {
        std::memcpy(out, hex_pairs[value >> shift & 0xff].data(), 2);
        out += 2;
    }
    return out;
}

}  // namespace latchkey
