// Does a JSON value match a schema of docs/openapi.yaml?
//
// Understands the part of JSON Schema that the file uses, and calls anything else a mismatch, so that no keyword is
// passed over in silence.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include <yaml-cpp/yaml.h>

namespace latchkey::test {

// What `reference` ("#/components/…") means in `document`; `node` itself when it is no reference. Throws
// std::runtime_error for one that leads nowhere.
YAML::Node resolve(const YAML::Node& document, const YAML::Node& node);

// Each names its place: "$.user.id: not matched by ^[0-9a-f]{32}$". Empty: `value` matches.
std::vector<std::string> mismatches(const YAML::Node& document, const YAML::Node& schema, const nlohmann::json& value,
                                    const std::string& place = "$");

}  // namespace latchkey::test
