#include "config_document.hpp"

#include <toml++/toml.h>

namespace latchkey {
namespace {

unsigned line_of(const toml::source_region& region) {
    return region.begin.line;
}

std::string_view type_name(const toml::node& node) {
    if (node.is_floating_point())
        return "a fraction";
    return "a date or time";
}

raw_value to_raw(const toml::node& node);

std::vector<unsigned> entry_lines(const toml::node& node) {
    std::vector<unsigned> out;
    if (const auto* array = node.as_array())
        for (const auto& element : *array)
            out.push_back(line_of(element.source()));
    return out;
}

raw_table to_raw_table(const toml::table& table) {
    raw_table out{{}, line_of(table.source())};
    for (const auto& [key, node] : table)
        out.entries.push_back({std::string(key.str()), to_raw(node), line_of(key.source()), entry_lines(node)});
    return out;
}

raw_value to_raw(const toml::node& node) {
    if (const auto* text = node.as_string())
        return {text->get()};
    if (const auto* flag = node.as_boolean())
        return {flag->get()};
    if (const auto* number = node.as_integer())
        return {number->get()};
    if (const auto* table = node.as_table())
        return {raw_value::section{{to_raw_table(*table)}}};
    const auto* array = node.as_array();
    if (!array)
        return {raw_value::other{type_name(node)}};
    if (!array->empty() && array->is_array_of_tables()) {
        raw_value::tables tables;
        for (const auto& element : *array)
            tables.push_back(to_raw_table(*element.as_table()));
        return {std::move(tables)};
    }
    raw_value::list list;
    for (const auto& element : *array)
        list.push_back(element.value_exact<std::string>());
    return {std::move(list)};
}

document_entry to_entry(std::string section, const toml::key& key, const toml::node& node) {
    return {std::move(section), std::string(key.str()), to_raw(node), line_of(key.source()), entry_lines(node)};
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
