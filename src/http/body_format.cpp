#include "body_format.hpp"

#include "text.hpp"

namespace latchkey::http {

body_format format_of(std::string_view content_type) noexcept {
    auto rest = content_type;
    const auto type = trim(next_part(rest, ';'));
    while (!rest.empty()) {
        auto value = trim(next_part(rest, ';'));
        const auto name = trim(next_part(value, '='));
        value = trim(value);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        if (iequals(name, "charset") && !iequals(value, "utf-8"))
            return body_format::unsupported;
    }
    if (iequals(type, "application/json"))
        return body_format::json;
    return iequals(type, "application/x-www-form-urlencoded") ? body_format::form : body_format::unsupported;
}

}  // namespace latchkey::http
