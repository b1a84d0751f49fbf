#include "base64url_lookup.hpp"

#include <array>

namespace latchkey {
namespace {

constexpr std::uint8_t no_digit = 0xff;

constexpr auto values_of_digits = [] {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (std::size_t i = 0; i < digits.size(); ++i)
        values[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
    return values;
}();

// Hands each byte to `take`.
template <class Take>
bool each_byte(std::string_view text, Take take) noexcept {
    if (text.size() % 4 == 1)
        return false;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const auto value = values_of_digits[static_cast<unsigned char>(c)];
        if (value == no_digit)
            return false;
        bits = (bits << 6 | value) & 0xffffU;
        held += 6;
        if (held >= 8) {
            held -= 8;
            take(static_cast<std::uint8_t>(bits >> held));
        }
    }
    return (bits & ((1U << held) - 1)) == 0;
}

}  // namespace

bool is_base64url(std::string_view text) noexcept {
    return each_byte(text, [](std::uint8_t) {});
}

bool look_up_base64url(std::string_view text, std::span<std::uint8_t> out) noexcept {
    if (out.size() < base64url_room(text.size()))
        return false;
    std::size_t size = 0;
    return each_byte(text, [&](std::uint8_t byte) { out[size++] = byte; });
}

}  // namespace latchkey
