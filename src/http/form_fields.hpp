// Fields of an application/x-www-form-urlencoded text: a form's body, or a query.
#pragma once

#include <latchkey/error.hpp>
#include <latchkey/secret.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::http {

inline constexpr std::size_t max_form_fields = 64;

// The decoded value of `name`, in memory that is wiped, as it may be a password. Nothing when the field is missing;
// errc::invalid_request when it is there twice, is badly encoded or no UTF-8, or is one of too many.
result<std::optional<secret>> find_field(std::string_view form, std::string_view name);

// The same for what is no secret; "" when it is missing.
result<std::string> form_value(std::string_view form, std::string_view name);

}  // namespace latchkey::http
