#include "hex.hpp"

#include <latchkey/user.hpp>

#include <cstddef>

namespace latchkey {
namespace {

// The digit's value, 16 for what is none.
constexpr unsigned value_of(char c) noexcept {
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<unsigned>(c - 'a') + 10U;
    return 16;
}

}  // namespace

result<public_id> public_id::parse(std::string_view text) noexcept {
    public_id id;
    if (text.size() != 2 * id.bytes.size())
        return errc::not_found;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        const unsigned high = value_of(text[2 * i]);
        const unsigned low = value_of(text[2 * i + 1]);
        if (high > 15 || low > 15)
            return errc::not_found;
        id.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return id;
}

std::string public_id::str() const {
    std::string text(2 * bytes.size(), '0');
    write(text.data());
    return text;
}

void public_id::write(char* out32) const noexcept {
    write_hex(bytes, std::span<char, 32>(out32, 32));
}

}  // namespace latchkey
