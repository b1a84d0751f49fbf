#include "base64url.hpp"

#include "sodium.hpp"

#include <sodium.h>

#include <algorithm>

namespace latchkey {
namespace {

constexpr int unpadded_text = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

}  // namespace

secret write_base64url(std::span<const std::uint8_t> bytes) {
    ensure_sodium();
    secret terminated = secret::of_size(sodium_base64_ENCODED_LEN(bytes.size(), unpadded_text));
    sodium_bin2base64(terminated.writable().data(), terminated.size(), bytes.data(), bytes.size(), unpadded_text);
    return secret(terminated.reveal().substr(0, terminated.size() - 1));
}

std::optional<std::size_t> read_base64url(std::string_view text, std::span<std::uint8_t> out) noexcept {
    std::size_t size = 0;
    const char* end = nullptr;
    // libsodium 1.0.18 reads bytes beyond ASCII, too: one value would have several texts.
    if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return std::nullopt;
    if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, &end, unpadded_text) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    return size;
}

}  // namespace latchkey
