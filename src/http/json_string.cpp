#include "json_string.hpp"

#include <nlohmann/json.hpp>

namespace latchkey::http {

std::string json_string(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_string(const group_list& texts) {
    std::string out = "[";
    for (const std::string_view text : texts)
        out.append(out.size() > 1 ? "," : "").append(json_string(text));
    return out.append("]");
}

}  // namespace latchkey::http
