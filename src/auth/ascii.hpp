// Comparing passwords with words without regard to the case of ASCII letters, and without making a folded copy that
// would have to be wiped.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace latchkey {

constexpr unsigned char fold(char c) noexcept {
    return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

// Below, at or above zero as `text`, folded, comes before, is or comes after `folded` in byte order.
constexpr int compare_folded(std::string_view text, std::string_view folded) noexcept {
    const std::size_t common = std::min(text.size(), folded.size());
    for (std::size_t i = 0; i < common; ++i) {
        const int difference = fold(text[i]) - static_cast<unsigned char>(folded[i]);
        if (difference != 0)
            return difference;
    }
    return static_cast<int>(text.size() > common) - static_cast<int>(folded.size() > common);
}

// Whether `text` starts with `folded`, case aside.
constexpr bool starts_with_folded(std::string_view text, std::string_view folded) noexcept {
    return compare_folded(text.substr(0, folded.size()), folded) == 0;
}

}  // namespace latchkey
