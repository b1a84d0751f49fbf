#include "body_fields.hpp"

#include "form_fields.hpp"
#include "json_fields.hpp"

#include <optional>
#include <utility>

namespace latchkey::http {
namespace {

void put(secret value, const body_field& field) {
    if (const auto* hidden = std::get_if<secret*>(&field.into))
        **hidden = std::move(value);
    else if (const auto* text = std::get_if<std::string*>(&field.into))
        (*text)->assign(value.reveal());
    else
        *std::get<bool*>(field.into) = value.reveal() == "true" || value.reveal() == "on" || value.reveal() == "1";
}

result<void> read_form(std::string_view body, std::span<const body_field> fields) {
    for (const auto& field : fields) {
        auto value = find_field(body, field.name);
        if (!value || (!*value && field.required))
            return errc::invalid_request;
        if (*value)
            put(std::move(**value), field);
    }
    return {};
}

}  // namespace

result<void> read_body(std::string_view body, body_format format, std::span<const body_field> fields) {
    if (format == body_format::unsupported)
        return errc::invalid_request;
    return format == body_format::json ? read_json(body, fields) : read_form(body, fields);
}

}  // namespace latchkey::http
