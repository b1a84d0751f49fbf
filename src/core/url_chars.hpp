// The bytes that a URL is written in.
#pragma once

#include <string_view>

namespace latchkey {

// No control byte, space, high byte, `\` or `#`: what some readers of a URL drop and others rewrite. True for the empty
// text. Every check asks this of two texts.
bool has_only_url_chars(std::string_view text) noexcept;

}  // namespace latchkey
