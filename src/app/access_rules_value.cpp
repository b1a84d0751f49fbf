#include "access_rules_value.hpp"

#include "access_rule_faults.hpp"
#include "rule_regex.hpp"
#include "value_rules.hpp"
#include "wording.hpp"

#include <algorithm>
#include <array>

namespace latchkey {
namespace {

constexpr std::size_t enough_faults = 100;

struct rule_list {
    std::string_view name;
    std::vector<std::string> access_rule::*member;
    std::size_t most;
    std::string (*fault)(std::string_view);
};

constexpr auto lists = std::to_array<rule_list>({
    {"domains", &access_rule::domains, 256, rule_domain_fault},
    {"paths", &access_rule::paths, 256, rule_path_fault},
    {"methods", &access_rule::methods, 32, rule_method_fault},
    {"groups", &access_rule::groups, 64, rule_group_fault},
    {"networks", &access_rule::networks, 256, client_network_fault},
});
constexpr auto rule_keys =
    std::to_array<std::string_view>({"domains", "paths", "methods", "groups", "networks", "policy", "bearer"});
constexpr auto policies = std::to_array<std::string_view>({"allow", "authenticated", "deny"});

// Reads one rule.
class rule_reader {
public:
    rule_reader(std::size_t number, const raw_table& table, std::vector<value_fault>& faults)
        : where_('[' + std::to_string(number) + ']'), table_(table), faults_(faults) {}

    access_rule read() {
        for (const auto& entry : table_.entries)
            read_entry(entry);
        if (!find("policy"))
            add("policy", table_.line, "is missing: write " + any_of_these(policies));
        // Where the policy has a fault of its own nobody knows what was meant.
        if (!rule_.groups.empty() && !rule_.policy.empty() && rule_.policy != "authenticated")
            add("groups", find("groups")->line,
                "need policy = \"authenticated\": with " + in_quotes(rule_.policy) + " nobody is asked for any");
        if (rule_.bearer && !rule_.policy.empty() && rule_.policy != "authenticated")
            add("bearer", find("bearer")->line,
                "needs policy = \"authenticated\": with " + in_quotes(rule_.policy) + " there may be nobody to name");
        return std::move(rule_);
    }

private:
    const raw_table::entry* find(std::string_view name) const {
        const auto& entries = table_.entries;
        const auto it = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.name == name; });
        return it == entries.end() ? nullptr : &*it;
    }

    void add(std::string_view name, unsigned line, std::string reason) {
        faults_.push_back({std::move(reason), 0, where_ + '.' + std::string(name), line});
    }

    void read_entry(const raw_table::entry& entry) {
        if (entry.name == "policy")
            return read_policy(entry);
        if (entry.name == "bearer")
            return read_bearer(entry);
        const auto list = std::find_if(lists.begin(), lists.end(), [&](const auto& l) { return l.name == entry.name; });
        if (list == lists.end())
            return add(printable(entry.name), entry.line, "unknown key" + did_you_mean(entry.name, rule_keys));
        const auto* entries = std::get_if<raw_value::list>(&entry.value.value);
        if (!entries)
            return add(entry.name, entry.line,
                       "must be a list of strings, but is " + std::string(type_name(entry.value)));
        if (entries->size() > list->most)
            return add(entry.name, entry.line, "must have at most " + std::to_string(list->most) + " entries");
        auto& into = rule_.*(list->member);
        for (std::size_t i = 0; i < entries->size(); ++i)
            read_text((*entries)[i], i, *list, entry, into);
    }

    void read_text(const std::optional<std::string>& text, std::size_t i, const rule_list& list,
                   const raw_table::entry& entry, std::vector<std::string>& into) {
        const unsigned line = i < entry.entry_lines.size() ? entry.entry_lines[i] : entry.line;
        if (!text)
            return add(list.name, line, "entry " + std::to_string(i + 1) + " is not a string");
        std::string fault = has_control_character(*text) ? "has a control character" : list.fault(*text);
        if (fault.empty() && std::find(into.begin(), into.end(), *text) != into.end())
            fault = "is listed twice";
        if (!fault.empty())
            return add(list.name, line, in_quotes(*text) + ' ' + fault);
        into.push_back(*text);
    }

    void read_policy(const raw_table::entry& entry) {
        const auto* text = std::get_if<std::string>(&entry.value.value);
        if (!text)
            return add("policy", entry.line, "must be a string, but is " + std::string(type_name(entry.value)));
        if (std::find(policies.begin(), policies.end(), *text) == policies.end())
            return add("policy", entry.line,
                       in_quotes(*text) + " is not one of " + any_of_these(policies) + did_you_mean(*text, policies));
        rule_.policy = *text;
    }

    void read_bearer(const raw_table::entry& entry) {
        const auto* flag = std::get_if<bool>(&entry.value.value);
        if (!flag)
            return add("bearer", entry.line, "must be true or false, but is " + std::string(type_name(entry.value)));
        rule_.bearer = *flag;
    }

    access_rule rule_;
    const std::string where_;
    const raw_table& table_;
    std::vector<value_fault>& faults_;
};

std::size_t count_regexes(const access_rule& rule) {
    const auto is_regex = [](const std::string& path) { return path.starts_with('~'); };
    return static_cast<std::size_t>(std::count_if(rule.paths.begin(), rule.paths.end(), is_regex));
}

}  // namespace

std::vector<value_fault> assign_rules(const raw_value& raw, std::size_t most, std::vector<access_rule>& rules) {
    if (const auto* list = std::get_if<raw_value::list>(&raw.value); list && list->empty()) {
        rules.clear();
        return {};
    }
    const auto* tables = std::get_if<raw_value::tables>(&raw.value);
    if (!tables)
        return {{"must be sections, each written [[access.rules]], but is " + std::string(type_name(raw))}};
    if (tables->size() > most)
        return {{"there are " + std::to_string(tables->size()) + " rules, more than " + std::to_string(most)}};

    std::vector<value_fault> faults;
    std::vector<access_rule> read;
    std::size_t regexes = 0;
    for (const auto& table : *tables) {
        read.push_back(rule_reader(read.size() + 1, table, faults).read());
        const auto before = regexes;
        regexes += count_regexes(read.back());
        if (before <= most_rule_regexes && regexes > most_rule_regexes)
            faults.push_back({"is beyond the " + std::to_string(most_rule_regexes) + " expressions all rules may have",
                              0, '[' + std::to_string(read.size()) + "].paths", table.line});
        if (faults.size() >= enough_faults)
            break;
    }
    if (faults.empty())
        rules = std::move(read);
    return faults;
}

std::vector<std::string> rule_lines(const access_rule& rule) {
    std::vector<std::string> out;
    for (const auto& list : lists)
        if (const auto& values = rule.*(list.member); !values.empty())
            out.push_back(std::string(list.name) + " = " + to_toml(values));
    out.push_back("policy = " + to_toml(rule.policy));
    if (rule.bearer)
        out.emplace_back("bearer = true");
    return out;
}

std::string rules_to_toml(const std::vector<access_rule>& rules) {
    std::string out = "[";
    for (const auto& rule : rules) {
        out += out.size() > 1 ? ", {" : "{";
        std::string_view separator;
        for (const auto& line : rule_lines(rule)) {
            out.append(separator).append(line);
            separator = ", ";
        }
        out += '}';
    }
    return out + ']';
}

}  // namespace latchkey
