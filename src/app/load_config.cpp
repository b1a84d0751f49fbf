#include "load_config.hpp"

#include "config_document.hpp"
#include "config_file.hpp"
#include "config_rules.hpp"
#include "hidden_rules.hpp"
#include "utf8.hpp"
#include "wording.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <tuple>

#include <unistd.h>

namespace latchkey {
namespace {

// More would be a wrong file rather than a file with faults, and helps nobody.
constexpr std::size_t most_faults = 100;

class loader {
public:
    loader() { out_.places.resize(config_keys().size()); }

    void read(const std::string& path);
    void apply(const environment& variables);
    void check_rules();
    void warn_of_hidden_access_rules();
    loaded_config finish() &&;

private:
    void read_entry(const document_entry& entry);
    void set(const config_key& key, const raw_value& raw, config_place place, const std::vector<unsigned>& entry_lines);
    void add(config_place place, std::string key, std::string reason);
    config_place here(unsigned line) const { return {out_.file, line}; }
    config_place& place_of(const config_key& key) {
        return out_.places[static_cast<std::size_t>(&key - config_keys().data())];
    }

    loaded_config out_;
    std::set<std::string, std::less<>> faulty_;  // paths of keys whose value was refused
};

void loader::add(config_place place, std::string key, std::string reason) {
    out_.faults.push_back({std::move(place), std::move(key), std::move(reason)});
}

void loader::set(const config_key& key, const raw_value& raw, config_place place,
                 const std::vector<unsigned>& entry_lines) {
    const auto found = assign(key, raw, out_.values);
    for (const auto& fault : found) {
        config_place exact = place;
        if (fault.line != 0)
            exact.line = fault.line;
        else if (fault.entry < entry_lines.size())
            exact.line = entry_lines[fault.entry];
        add(std::move(exact), key.path() + fault.where, fault.reason);
        faulty_.insert(key.path());
    }
    place_of(key) = std::move(place);
}

void loader::read_entry(const document_entry& entry) {
    if (const auto* key = find_config_key(entry.section, entry.name)) {
        if (const auto* tables = std::get_if<raw_value::tables>(&entry.value.value);
            tables && key->type == key_type::rules)
            for (const auto& table : *tables)
                out_.rule_lines.push_back(table.line);
        return set(*key, entry.value, here(entry.line), entry.entry_lines);
    }

    const auto sections = config_sections();
    const std::string path =
        entry.section.empty() ? printable(entry.name) : entry.section + '.' + printable(entry.name);
    if (entry.section.empty() && std::count(sections.begin(), sections.end(), entry.name) != 0)
        return add(here(entry.line), path, "must be a section, written [" + entry.name + "]");
    std::vector<std::string_view> names;
    for (const auto& key : config_keys()) {
        if (key.name == entry.name)
            return add(here(entry.line), path, "unknown key; it belongs in section [" + std::string(key.section) + "]");
        if (key.section == entry.section)
            names.push_back(key.name);
    }
    add(here(entry.line), path, "unknown key" + did_you_mean(entry.name, names));
}

void loader::read(const std::string& path) {
    out_.file = path;
    const auto text = read_config_file(path);
    if (!text)
        return add({path, 0}, {}, text.error().reason);
    const auto document = parse_config_document(*text);
    if (!document.syntax_error.empty())
        return add({path, document.error_line}, {}, printable(document.syntax_error));

    const auto known = config_sections();
    const auto is_known = [&](const std::string& name) { return std::count(known.begin(), known.end(), name) != 0; };
    for (const auto& section : document.sections)
        if (!is_known(section.name) && out_.faults.size() < most_faults)
            add(here(section.line), printable(section.name), "unknown section" + did_you_mean(section.name, known));
    for (const auto& entry : document.entries)
        if ((entry.section.empty() || is_known(entry.section)) && out_.faults.size() < most_faults)
            read_entry(entry);
}

void loader::apply(const environment& variables) {
    std::vector<std::string> names;
    for (const auto& key : config_keys())
        names.push_back(key.variable());
    const std::vector<std::string_view> views(names.begin(), names.end());

    for (const auto& [name, value] : variables) {
        if (!name.starts_with("LATCHKEY_") || out_.faults.size() >= most_faults)
            continue;
        const config_place place{"environment:" + printable(name), 0};
        const auto it = std::find(names.begin(), names.end(), name);
        if (it == names.end()) {
            add(place, {}, "unknown variable" + did_you_mean(name, views));
            continue;
        }
        const auto& key = config_keys()[static_cast<std::size_t>(it - names.begin())];
        if (!is_valid_utf8(value)) {
            add(place, key.path(), "is not UTF-8");
            faulty_.insert(key.path());
        } else {
            set(key, from_variable(key, value), place, {});
        }
    }
}

void loader::check_rules() {
    for (const auto& rule : config_rules()) {
        if (faulty_.contains(rule.keys[0]) || faulty_.contains(rule.keys[1]))
            continue;
        auto message = rule.broken(out_.values);
        if (message.empty())
            continue;
        config_fault found;
        found.key = rule.keys[0];
        found.reason = std::move(message);
        for (const auto path : rule.keys) {
            const auto keys = config_keys();
            const auto key = std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.path() == path; });
            if (key == keys.end() || place_of(*key).source.empty())
                continue;
            found.place = place_of(*key);
            found.key = path;
            break;
        }
        if (rule.kind == config_rule::weight::fault)
            out_.faults.push_back(std::move(found));
        else
            out_.warnings.push_back(found.text());
    }
}

void loader::warn_of_hidden_access_rules() {
    if (faulty_.contains("access.rules"))
        return;
    const auto hidden = find_hidden_rules(out_.values.access.rules);
    for (const auto& [rule, by] : std::span(hidden).first(std::min(hidden.size(), most_faults))) {
        const config_fault found{here(out_.rule_lines.at(rule)), "access.rules[" + std::to_string(rule + 1) + ']',
                                 "can never match: rule " + std::to_string(by + 1) + " (line " +
                                     std::to_string(out_.rule_lines.at(by)) + ") matches whatever it would"};
        out_.warnings.push_back(found.text());
    }
}

loaded_config loader::finish() && {
    const auto by_place = [&](const config_fault& a, const config_fault& b) {
        return std::tuple(a.place.source != out_.file, a.place.line) <
               std::tuple(b.place.source != out_.file, b.place.line);
    };
    std::stable_sort(out_.faults.begin(), out_.faults.end(), by_place);
    return std::move(out_);
}

}  // namespace

std::string config_place::text() const {
    if (source.empty())
        return "default";
    return line == 0 ? source : source + ':' + std::to_string(line);
}

std::string config_fault::text() const {
    return place.text() + ": " + (key.empty() ? key : key + ": ") + reason;
}

environment process_environment() {
    environment out;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text = *entry;
        const auto equals = std::min(text.find('='), text.size());
        out.emplace_back(text.substr(0, equals), text.substr(std::min(equals + 1, text.size())));
    }
    return out;
}

loaded_config load_config(const std::optional<std::string>& file, const environment& variables) {
    loader load;
    if (const auto path = file ? *file : find_config_file(); !path.empty() || file)
        load.read(path);
    load.apply(variables);
    load.check_rules();
    load.warn_of_hidden_access_rules();
    return std::move(load).finish();
}

}  // namespace latchkey
