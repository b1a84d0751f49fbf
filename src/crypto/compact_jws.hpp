// A token's text taken apart: what holds one of these holds a JWS in compact form (RFC 7515 section 7.1), written in
// the one canonical way. Nothing in it is believed yet: that takes token_keys::by_header() and verify().
#pragma once

#include <latchkey/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

class compact_jws {
public:
    static constexpr std::size_t largest = 8 * 1024;  // characters

    // Exactly three segments, none empty, each in canonical base64url without padding, of at most `largest` characters
    // together; errc::no_session for all else, in time linear in `largest` (J4). Throws std::bad_alloc.
    static result<compact_jws> make(std::string_view text);

    // The first segment as it was written.
    std::string_view header() const noexcept { return std::string_view(text_).substr(0, header_size_); }
    // What the signature is over: the first two segments and their dot.
    std::string_view signing_input() const noexcept { return std::string_view(text_).substr(0, input_size_); }
    std::string_view payload() const noexcept { return payload_; }                   // decoded; any bytes at all
    std::span<const std::uint8_t> signature() const noexcept { return signature_; }  // decoded

private:
    compact_jws() = default;

    std::string text_;
    std::size_t header_size_ = 0, input_size_ = 0;
    std::string payload_;
    std::vector<std::uint8_t> signature_;
};

}  // namespace latchkey
