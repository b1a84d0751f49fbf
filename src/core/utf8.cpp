#include "utf8.hpp"

namespace latchkey {
namespace {

struct lead {
    std::size_t length;  // of the whole sequence; 0: no sequence begins with this byte
    char32_t bits;       // what the lead byte itself contributes
    char32_t smallest;   // anything below is an overlong form
};

constexpr lead lead_of(unsigned char byte) noexcept {
    if (byte < 0x80)
        return {1, byte, 0};
    if (byte >= 0xc2 && byte < 0xe0)
        return {2, byte & 0x1fU, 0x80};
    if (byte >= 0xe0 && byte < 0xf0)
        return {3, byte & 0x0fU, 0x800};
    if (byte >= 0xf0 && byte < 0xf5)
        return {4, byte & 0x07U, 0x10000};
    return {0, 0, 0};
}

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& rest) noexcept {
    const std::string_view text = rest;
    rest.remove_prefix(1);
    const lead first = lead_of(static_cast<unsigned char>(text.front()));
    if (first.length == 0 || first.length > text.size())
        return std::nullopt;

    char32_t value = first.bits;
    for (const char c : text.substr(1, first.length - 1)) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0U) != 0x80U)
            return std::nullopt;
        value = value << 6 | (byte & 0x3fU);
    }
    const bool surrogate = value >= 0xd800 && value < 0xe000;
    if (value < first.smallest || value > 0x10ffff || surrogate)
        return std::nullopt;

    rest = text.substr(first.length);
    return value;
}

std::optional<std::size_t> count_code_points(std::string_view text) noexcept {
    std::size_t count = 0;
    for (; !text.empty(); ++count) {
        if (!take_code_point(text))
            return std::nullopt;
    }
    return count;
}

}  // namespace latchkey
