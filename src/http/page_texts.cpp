#include "page_texts.hpp"

#include "text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <set>

namespace latchkey::http {

std::string_view page_texts::operator[](std::string_view key) const noexcept {
    const auto found = texts_.find(key);
    return found == texts_.end() ? std::string_view{} : found->second;
}

std::string_view page_texts::or_else(std::string_view key, std::string_view other_key) const noexcept {
    const auto text = (*this)[key];
    return text.empty() ? (*this)[other_key] : text;
}

std::string page_texts::with(std::string_view key,
                             std::initializer_list<std::pair<std::string_view, std::string_view>> values) const {
    std::string out;
    auto rest = (*this)[key];
    while (!rest.empty()) {
        const auto open = rest.find('{');
        const auto close = open == rest.npos ? rest.npos : rest.find('}', open);
        if (close == rest.npos)
            break;
        const auto name = rest.substr(open + 1, close - open - 1);
        const auto* const found =
            std::find_if(values.begin(), values.end(), [&](const auto& value) { return value.first == name; });
        out.append(rest.substr(0, open));
        out.append(found == values.end() ? rest.substr(open, close - open + 1) : found->second);
        rest.remove_prefix(close + 1);
    }
    return out.append(rest);
}

std::string page_texts::ago(seconds since) const {
    struct unit {
        std::int64_t length;
        std::string_view one, many;
    };
    static constexpr unit units[] = {
        {86'400, "ago.day", "ago.days"}, {3'600, "ago.hour", "ago.hours"}, {60, "ago.minute", "ago.minutes"}};
    for (const auto& [length, one, many] : units)
        if (const auto n = since.count() / length; n > 0)
            return with(n == 1 ? one : many, {{"n", std::to_string(n)}});
    return std::string((*this)["ago.now"]);
}

std::string read_texts(std::string_view json, const page_texts::map* known, page_texts::map& texts) {
    bool twice = false;
    std::set<std::string> seen;
    // Without this a name that stands there twice would silently be the later one.
    const auto watch = [&](int level, nlohmann::json::parse_event_t event, nlohmann::json& value) {
        if (event == nlohmann::json::parse_event_t::key && level == 1)
            twice = !seen.insert(value.get<std::string>()).second || twice;
        return true;
    };
    const auto document = nlohmann::json::parse(json, watch, false);
    if (document.is_discarded() || !document.is_object())
        return "is not a JSON object";
    if (twice)
        return "has a name twice";
    for (const auto& [key, value] : document.items()) {
        if (!value.is_string())
            return "\"" + key + "\" is not a text";
        if (known && !known->contains(key) && !key.starts_with("x_"))
            return "\"" + key + "\" is no text of the pages (names that begin with x_ are yours)";
        texts.insert_or_assign(key, value.get<std::string>());
    }
    const auto direction = texts.find("direction");
    if (direction == texts.end() || (direction->second != "ltr" && direction->second != "rtl"))
        return "\"direction\" is neither ltr nor rtl";
    return {};
}

bool is_language_tag(std::string_view text) noexcept {
    if (text.size() > 35 || text.ends_with('-'))
        return false;
    const auto letters = next_part(text, '-');
    if (letters.size() < 2 || letters.size() > 3 ||
        !std::all_of(letters.begin(), letters.end(), [](char c) { return is_alnum(c) && !is_digit(c); }))
        return false;
    bool more = !text.empty();
    while (more) {
        const auto part = next_part(text, '-');
        if (part.empty() || part.size() > 8 || !std::all_of(part.begin(), part.end(), is_alnum))
            return false;
        more = !text.empty();
    }
    return true;
}

}  // namespace latchkey::http
