// Which of the two formats a request's content has.
#pragma once

#include <string_view>

namespace latchkey::http {

enum class body_format { json, form, unsupported };

// By media type, case-insensitively; a charset other than utf-8 is unsupported.
body_format format_of(std::string_view content_type) noexcept;

}  // namespace latchkey::http
