// What the entries of access rules must look like. A text that no request can ever be compared equal to is a fault:
// whoever wrote it meant something else. Worded like value_rules.hpp's.
#pragma once

#include <string>
#include <string_view>

namespace latchkey {

std::string rule_domain_fault(std::string_view value);  // "app.example.com", "*.example.com", "192.0.2.1", "[::1]"
std::string rule_path_fault(std::string_view value);    // "/a", "/a/*", "~ ^/a/[0-9]+$"
std::string rule_method_fault(std::string_view value);  // "GET"
std::string rule_group_fault(std::string_view value);   // "admins"

}  // namespace latchkey
