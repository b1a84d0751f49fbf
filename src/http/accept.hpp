// What a browser says it would like to get: Accept and Accept-Language (RFC 9110 section 12.5).
//
// Both come from anybody: reading them is bounded, never fails, and passes over whatever it does not understand.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace latchkey::http {

// Is text/html named in so many words, and not with q=0? "*/*" is what programs say, so it doesn't count.
bool names_html(std::string_view accept) noexcept;

// The same for any type; ranges ("text/*") name nothing.
bool names_type(std::string_view accept, std::string_view type) noexcept;

// Which of `available` (language tags, "de" or "pt-BR") suits best, by weight and then by order: RFC 4647's lookup, by
// which "de-AT" finds "de". 0, the default, when nothing is wanted that there is.
std::size_t choose_language(std::string_view accept_language, std::span<const std::string> available) noexcept;

}  // namespace latchkey::http
