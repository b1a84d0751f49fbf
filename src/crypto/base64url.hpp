// base64url without padding (RFC 4648 section 5), in its one canonical form. In constant time for a given length.
#pragma once

#include <latchkey/secret.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace latchkey {

// Throws std::bad_alloc.
secret write_base64url(std::span<const std::uint8_t> bytes);

// Into `out`; how many bytes that were. Nothing when `text` is not what write_base64url() writes (another alphabet,
// padding, white space, unused bits that are not zero), or stands for more than there is room for.
std::optional<std::size_t> read_base64url(std::string_view text, std::span<std::uint8_t> out) noexcept;

}  // namespace latchkey
