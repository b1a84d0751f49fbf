#include "form_fields.hpp"

#include "text.hpp"
#include "utf8.hpp"

#include <array>
#include <span>

namespace latchkey::http {
namespace {

// Percent-decoding (WHATWG URL, section 5.1) into `out`, which has room for text.size() bytes. What was written, or
// nothing for a broken escape.
std::optional<std::string_view> decode(std::string_view text, std::span<char> out) noexcept {
    std::size_t n = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            if (text.size() - i < 3 || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0)
                return std::nullopt;
            c = static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        }
        out[n++] = c;
    }
    return std::string_view(out.data(), n);
}

bool is_named(std::string_view encoded, std::string_view name) noexcept {
    std::array<char, 64> buffer{};
    if (encoded.size() > buffer.size())
        return false;
    const auto key = decode(encoded, buffer);
    return key && *key == name;
}

}  // namespace

result<std::optional<secret>> find_field(std::string_view form, std::string_view name) {
    std::optional<secret> found;
    for (std::size_t count = 0; !form.empty(); ++count) {
        if (count == max_form_fields)
            return errc::invalid_request;
        auto value = next_part(form, '&');
        if (!is_named(next_part(value, '='), name))
            continue;
        if (found)
            return errc::invalid_request;
        secret buffer = secret::of_size(value.size());
        const auto decoded = decode(value, buffer.writable());
        if (!decoded || !is_valid_utf8(*decoded))
            return errc::invalid_request;
        found.emplace(*decoded);
    }
    return found;
}

result<std::string> form_value(std::string_view form, std::string_view name) {
    auto value = find_field(form, name);
    if (!value)
        return value.error();
    return *value ? std::string((*value)->reveal()) : std::string{};
}

}  // namespace latchkey::http
