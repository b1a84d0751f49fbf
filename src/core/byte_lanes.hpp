// Sixteen bytes of text at a time, in one register where the processor has such (GCC's and clang's vectors).
//
// Comparisons of lanes answer in lanes: all bits set for yes, none for no. The lanes are signed, so that a byte which
// is not ASCII is less than any that is.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace latchkey {

using byte_lanes = std::int8_t __attribute__((vector_size(16)));
using octet_lanes = std::uint8_t __attribute__((vector_size(16)));  // for sums, which must not overflow in signed lanes
inline constexpr std::size_t lane_count = sizeof(byte_lanes);
inline constexpr unsigned all_lanes = (1U << lane_count) - 1;  // see lane_bits()

// Of the sixteen bytes from `text` on, which must be there.
inline byte_lanes load_lanes(const char* text) noexcept {
    byte_lanes lanes;
    std::memcpy(&lanes, text, sizeof lanes);
    return lanes;
}

// Of all of `text`, which has fewer than sixteen bytes, and of as many `filler` as are missing.
inline byte_lanes load_lanes(std::string_view text, char filler) noexcept {
    std::array<char, lane_count> padded;
    padded.fill(filler);
    constexpr std::size_t half = lane_count / 2;
    if (text.size() >= half) {  // two halves that overlap, without a loop
        std::memcpy(padded.data(), text.data(), half);
        std::memcpy(padded.data() + text.size() - half, text.data() + text.size() - half, half);
    } else {
        std::copy(text.begin(), text.end(), padded.begin());
    }
    return load_lanes(padded.data());
}

// Both ends belong to it. Processors have a `>` and no `<=`.
inline byte_lanes are_between(byte_lanes c, char first, char last) noexcept {
    return (c > static_cast<std::int8_t>(first - 1)) ^ (c > static_cast<std::int8_t>(last));
}

// A bit for each lane that says yes, the first lane's the lowest. Of other lanes their highest bits.
inline unsigned lane_bits(byte_lanes answers) noexcept {
#if defined(__SSE2__)
    return static_cast<unsigned>(
        __builtin_ia32_pmovmskb128(reinterpret_cast<char __attribute__((vector_size(16)))>(answers)));
#else
    unsigned bits = 0;
    for (std::size_t i = 0; i < lane_count; ++i)
        bits |= (answers[i] < 0 ? 1U : 0U) << i;
    return bits;
#endif
}

}  // namespace latchkey
