// Small questions about ASCII text that several parsers here ask.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace latchkey::http {

constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
constexpr bool is_alnum(char c) noexcept {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
}

// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) noexcept {
    if (is_digit(c))
        return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// ASCII case-insensitive equality.
constexpr bool iequals(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (to_lower(a[i]) != to_lower(b[i]))
            return false;
    return true;
}

// Without spaces and tabs at both ends.
constexpr std::string_view trim(std::string_view text) noexcept {
    const char* begin = text.data();
    const char* end = begin + text.size();
    while (begin != end && (*begin == ' ' || *begin == '\t'))
        ++begin;
    while (end != begin && (end[-1] == ' ' || end[-1] == '\t'))
        --end;
    return {begin, static_cast<std::size_t>(end - begin)};
}

// Cuts `rest` at the first `separator` and returns what stood before it; the whole when there is none.
constexpr std::string_view next_part(std::string_view& rest, char separator) noexcept {
    const auto size = std::min(rest.find(separator), rest.size());
    const std::string_view part(rest.data(), size);
    rest.remove_prefix(size == rest.size() ? size : size + 1);
    return part;
}

}  // namespace latchkey::http
