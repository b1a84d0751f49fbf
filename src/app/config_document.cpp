#include "config_document.hpp"

#include <toml++/toml.h>

namespace latchkey {
namespace {

unsigned line_of(const toml::source_region& region) {
    return region.begin.line;
}

std::string_view type_name(const toml::node& node) {
    if (node.is_table())
        return "a section";
    if (node.is_array())
        return "a list of sections";
    if (node.is_floating_point())
        return "a fraction";
    return "a date or time";
}

raw_value to_raw(const toml::node& node) {
    if (const auto* text = node.as_string())
        return {text->get()};
    if (const auto* flag = node.as_boolean())
        return {flag->get()};
    if (const auto* number = node.as_integer())
        return {number->get()};
    const auto* array = node.as_array();
    if (!array || (!array->empty() && array->is_array_of_tables()))
        return {raw_value::other{type_name(node)}};
    raw_value::list list;
    for (const auto& element : *array)
        list.push_back(element.value_exact<std::string>());
    return {std::move(list)};
}

document_entry to_entry(std::string section, const toml::key& key, const toml::node& node) {
    document_entry out{std::move(section), std::string(key.str()), to_raw(node), line_of(key.source()), {}};
    if (const auto* array = node.as_array())
        for (const auto& element : *array)
            out.entry_lines.push_back(line_of(element.source()));
    return out;
}

}  // namespace

config_document parse_config_document(std::string_view text) {
    config_document out;
    try {
        const toml::table root = toml::parse(text);
        for (const auto& [key, node] : root) {
            const auto* table = node.as_table();
            if (!table) {
                out.entries.push_back(to_entry({}, key, node));
                continue;
            }
            out.sections.push_back({std::string(key.str()), line_of(key.source())});
            for (const auto& [inner_key, inner] : *table)
                out.entries.push_back(to_entry(std::string(key.str()), inner_key, inner));
        }
    } catch (const toml::parse_error& error) {
        out = {};
        out.syntax_error = error.description();
        out.error_line = line_of(error.source());
    }
    return out;
}

}  // namespace latchkey
