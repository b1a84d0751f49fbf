#include "config_commands.hpp"

#include "access_rules_value.hpp"
#include "config_key.hpp"
#include "config_value.hpp"
#include "named_files.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace latchkey {
namespace {

using json = nlohmann::ordered_json;

std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json file_name(const loaded_config& loaded) {
    return loaded.file.empty() ? json() : json(loaded.file);
}

json rules_as_json(const std::vector<access_rule>& rules) {
    json out = json::array();
    for (const auto& rule : rules)
        out.push_back({{"domains", rule.domains},
                       {"paths", rule.paths},
                       {"methods", rule.methods},
                       {"groups", rule.groups},
                       {"networks", rule.networks},
                       {"policy", rule.policy}});
    return out;
}

json claims_as_json(const std::vector<token_claim>& claims) {
    json out = json::object();
    for (const auto& claim : claims)
        out[claim.name] = std::visit([](const auto& value) { return json(value); }, claim.value);
    return out;
}

json value_as_json(const config_key& key, const config& values) {
    switch (key.type) {
        case key_type::rules:
            return rules_as_json(values.access.rules);
        case key_type::claims:
            return claims_as_json(values.tokens.claims);
        default:
            // Strings, numbers, booleans and lists of strings are written alike in TOML and JSON.
            return json::parse(to_toml(key, values));
    }
}

void print_rules_as_toml(const console& io, const loaded_config& loaded) {
    for (std::size_t i = 0; i < loaded.values.access.rules.size(); ++i) {
        io.out << "\n[[access.rules]]  # " << i + 1 << ", " << config_place{loaded.file, loaded.rule_lines.at(i)}.text()
               << " (live)\n";
        for (const auto& line : rule_lines(loaded.values.access.rules[i]))
            io.out << line << '\n';
    }
}

void print_as_json(const console& io, const loaded_config& loaded) {
    json keys = json::array();
    for (std::size_t i = 0; i < config_keys().size(); ++i) {
        const auto& key = config_keys()[i];
        keys.push_back({{"key", key.path()},
                        {"value", value_as_json(key, loaded.values)},
                        {"from", loaded.places[i].text()},
                        {"live", key.change == key_change::live},
                        {"variable", key.variable()}});
    }
    io.out << dump({{"file", file_name(loaded)}, {"keys", std::move(keys)}}) << '\n';
}

void print_as_toml(const console& io, const loaded_config& loaded) {
    io.out << "# (live): a new value comes into force by SIGHUP or `latchkey config reload`, else by a restart.\n\n";
    std::string_view section;
    for (std::size_t i = 0; i < config_keys().size(); ++i) {
        const auto& key = config_keys()[i];
        if (key.section != section) {
            io.out << (section.empty() ? "" : "\n") << '[' << key.section << "]\n";
            section = key.section;
        }
        if (key.type == key_type::rules && !loaded.values.access.rules.empty()) {
            print_rules_as_toml(io, loaded);  // sections of their own, hence the section's last key
            continue;
        }
        std::string line = std::string(key.name) + " = " + to_toml(key, loaded.values);
        line.resize(std::max<std::size_t>(line.size(), 52), ' ');
        io.out << line << "  # " << loaded.places[i].text() << (key.change == key_change::live ? " (live)" : "")
               << '\n';
    }
}

}  // namespace

int check_config(const console& io, const config_request& request) {
    const auto loaded = load_for_server(io, request.file, request.json, true);
    for (const auto& warning : loaded.warnings)
        io.err << "warning: " << warning << '\n';
    if (request.json) {
        json faults = json::array();
        for (const auto& fault : loaded.faults)
            faults.push_back({{"place", fault.place.text()}, {"key", fault.key}, {"reason", fault.reason}});
        io.out << dump({{"ok", loaded.faults.empty()},
                        {"file", file_name(loaded)},
                        {"faults", std::move(faults)},
                        {"warnings", loaded.warnings}})
               << '\n';
    } else if (loaded.faults.empty()) {
        io.out << "ok\n";
    }
    return loaded.faults.empty() ? exit_done : exit_usage;
}

int print_config(const console& io, const config_request& request) {
    const auto loaded = load_for_command(io, request.file, request.json);
    if (!loaded.faults.empty())
        return exit_usage;
    if (request.json)
        print_as_json(io, loaded);
    else
        print_as_toml(io, loaded);
    return exit_done;
}

}  // namespace latchkey
