#include "admin_query.hpp"

#include "form_fields.hpp"

#include <charconv>

namespace latchkey::http {

result<list_query> read_list_query(std::string_view query, std::string& detail) {
    list_query out;
    std::string limit;
    const std::pair<const char*, std::string*> parameters[] = {
        {"cursor", &out.cursor}, {"limit", &limit}, {"email", &out.email}};
    for (const auto& [name, where] : parameters) {
        auto value = form_value(query, name);
        if (!value) {
            detail = std::string(name) + ": given twice, or badly encoded";
            return errc::invalid_request;
        }
        *where = std::move(*value);
    }
    if (limit.empty())
        return out;
    const char* const end = limit.data() + limit.size();
    const auto [stop, error] = std::from_chars(limit.data(), end, out.limit);
    if (error != std::errc{} || stop != end || out.limit < 1 || out.limit > list_query::largest_limit) {
        detail = "limit: must be a number from 1 to " + std::to_string(list_query::largest_limit);
        return errc::invalid_request;
    }
    return out;
}

}  // namespace latchkey::http
