// The access rules of a configuration file: [[access.rules]] into structs, and back.
#pragma once

#include "config_value.hpp"

namespace latchkey {

// Puts `raw` into `rules` unless something is wrong with any of them: then all faults come back, the first hundred.
std::vector<value_fault> assign_rules(const raw_value& raw, std::size_t most, std::vector<access_rule>& rules);

// `[{domains = ["a"], policy = "allow"}]`: one line, what is empty left out.
std::string rules_to_toml(const std::vector<access_rule>& rules);

// What a rule says, one `name = value` each, in the order of the documentation; what is empty is left out.
std::vector<std::string> rule_lines(const access_rule& rule);

}  // namespace latchkey
