// Small helpers for messages that people read.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace latchkey {

// `text` with control bytes, quotes, backslashes and everything beyond ASCII escaped, cut short after `longest` bytes:
// whatever it is, it stays on one line and cannot steer a terminal.
std::string printable(std::string_view text, std::size_t longest = 300);

// `text` with a space for each control character and for whatever is no UTF-8; the rest as it is.
std::string one_line(std::string_view text);

// printable() in double quotes, and shorter.
std::string in_quotes(std::string_view text);

// "a", "a or b", "a, b or c", each in double quotes.
std::string any_of_these(std::span<const std::string_view> words);

// The candidate that `word` is most likely a slip of, or nothing (an empty view) when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

// `"; did you mean X?"` for nearest(), or "".
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace latchkey
