// Bytes as lower-case hexadecimal digits: exactly two characters for each, no terminator.
#pragma once

#include "byte_lanes.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

namespace latchkey {

// Of lanes from 0 to 15.
inline byte_lanes hex_digits(byte_lanes values) noexcept {
    return values + '0' + ((values > 9) & ('a' - '0' - 10));
}

inline void write_hex(std::span<const std::uint8_t, lane_count> bytes, std::span<char, 2 * lane_count> out) noexcept {
    const auto lanes = load_lanes(reinterpret_cast<const char*>(bytes.data()));
    const byte_lanes low = hex_digits(lanes & 0xf), high = hex_digits((lanes >> 4) & 0xf);
    const byte_lanes first = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const byte_lanes second =
        __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    std::memcpy(out.data(), &first, sizeof first);
    std::memcpy(out.data() + lane_count, &second, sizeof second);
}

// The highest byte first.
inline void write_hex(std::uint64_t value, std::span<char, 16> out) noexcept {
    if constexpr (std::endian::native == std::endian::little)
        value = __builtin_bswap64(value);
    std::array<std::uint8_t, lane_count> bytes{};
    std::memcpy(bytes.data(), &value, sizeof value);
    std::array<char, 2 * lane_count> digits;
    write_hex(bytes, digits);
    std::memcpy(out.data(), digits.data(), out.size());
}

}  // namespace latchkey
