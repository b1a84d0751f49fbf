#include "json_schema.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace latchkey::test {
namespace {

using nlohmann::json;

bool has_type(const json& value, const std::string& type) {
    return type == "object"    ? value.is_object()
           : type == "array"   ? value.is_array()
           : type == "string"  ? value.is_string()
           : type == "integer" ? value.is_number_integer()
           : type == "boolean" ? value.is_boolean()
           : type == "null"    ? value.is_null()
                               : throw std::runtime_error("unknown type " + type);
}

bool has_one_type(const json& value, const YAML::Node& types) {
    if (types.IsScalar())
        return has_type(value, types.as<std::string>());
    return std::any_of(types.begin(), types.end(),
                       [&](const auto& t) { return has_type(value, t.template as<std::string>()); });
}

// YAML's scalars are text: compared as such.
std::string text_of(const json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

bool is_one_of(const json& value, const YAML::Node& list) {
    return std::any_of(list.begin(), list.end(),
                       [&](const auto& v) { return v.template as<std::string>() == text_of(value); });
}

// How much of it there is, for the min… and max… keywords.
std::int64_t measure(const json& value, const std::string& keyword) {
    if (keyword.ends_with("imum"))
        return value.get<std::int64_t>();
    return static_cast<std::int64_t>(value.is_string() ? value.get_ref<const std::string&>().size() : value.size());
}

// What a single keyword asks for; members and items are the caller's.
bool holds(const json& value, const std::string& keyword, const YAML::Node& wanted) {
    if (keyword == "type")
        return has_one_type(value, wanted);
    if (keyword == "const")
        return wanted.as<std::string>() == text_of(value);
    if (keyword == "enum")
        return is_one_of(value, wanted);
    if (keyword == "pattern")
        return value.is_string() && std::regex_search(value.get<std::string>(), std::regex(wanted.as<std::string>()));
    if (keyword == "minimum" || keyword == "minLength" || keyword == "minItems")
        return measure(value, keyword) >= wanted.as<std::int64_t>();
    if (keyword == "maximum" || keyword == "maxLength" || keyword == "maxItems")
        return measure(value, keyword) <= wanted.as<std::int64_t>();
    if (keyword == "required")
        return std::all_of(wanted.begin(), wanted.end(),
                           [&](const auto& name) { return value.contains(name.template as<std::string>()); });
    return keyword == "description" || keyword == "format" || keyword == "default" || keyword == "properties" ||
           keyword == "items" || keyword == "additionalProperties";
}

}  // namespace

YAML::Node resolve(const YAML::Node& document, const YAML::Node& node) {
    if (!node.IsMap() || !node["$ref"])
        return node;
    const auto reference = node["$ref"].as<std::string>();
    std::istringstream parts(reference);
    std::string part;
    std::getline(parts, part, '/');
    YAML::Node found;
    found.reset(document);
    while (std::getline(parts, part, '/')) {
        const YAML::Node& parent = found;
        const YAML::Node child = parent[part];
        if (!child)
            throw std::runtime_error("leads nowhere: " + reference);
        found.reset(child);
    }
    return found;
}

std::vector<std::string> mismatches(const YAML::Node& document, const YAML::Node& schema, const json& value,
                                    const std::string& place) {
    std::vector<std::string> found;
    const YAML::Node wanted = resolve(document, schema);
    for (const auto& keyword : wanted) {
        const auto name = keyword.first.as<std::string>();
        if (!holds(value, name, keyword.second))
            found.push_back(place + ": " + name + ' ' + YAML::Dump(keyword.second) + ", but is " + value.dump());
    }
    const auto look_into = [&](const YAML::Node& inner, const json& part, const std::string& where) {
        const auto more = mismatches(document, inner, part, where);
        found.insert(found.end(), more.begin(), more.end());
    };
    const YAML::Node properties = wanted["properties"];
    const bool closed = wanted["additionalProperties"] && !wanted["additionalProperties"].as<bool>();
    if (value.is_object())
        for (const auto& [name, member] : value.items()) {
            const YAML::Node inner = properties ? properties[name] : YAML::Node(YAML::NodeType::Undefined);
            if (inner)
                look_into(inner, member, place + '.' + name);
            else if (closed)
                found.push_back(place + ": has " + name);
        }
    if (value.is_array() && wanted["items"])
        for (std::size_t i = 0; i < value.size(); ++i)
            look_into(wanted["items"], value[i], place + '[' + std::to_string(i) + ']');
    return found;
}

}  // namespace latchkey::test
