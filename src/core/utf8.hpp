// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
//
// Pure functions over views; nothing here allocates. Used wherever text comes from outside: names, passwords,
// User-Agents, request bodies.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace latchkey {

// Takes the first code point off `rest`. Where `rest` doesn't begin with one, takes a single byte off and answers
// nothing, so that calling it until `rest` is empty always ends. `rest` must not be empty.
std::optional<char32_t> take_code_point(std::string_view& rest) noexcept;

// How many code points `text` has; nothing when it isn't valid UTF-8.
std::optional<std::size_t> count_code_points(std::string_view text) noexcept;

inline bool is_valid_utf8(std::string_view text) noexcept {
    return count_code_points(text).has_value();
}

// C0, DEL, C1, and the two code points (U+2028, U+2029) that some readers take for the end of a line.
constexpr bool is_control(char32_t c) noexcept {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

}  // namespace latchkey
