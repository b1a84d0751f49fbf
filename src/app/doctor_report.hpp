// What `latchkey doctor` found, in the order in which it looked.
#pragma once

#include "console.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

enum class severity { good, note, warning, fault };

struct finding {
    severity weight = severity::good;
    std::string_view code;  // stable, snake_case, a literal
    std::string what;       // one sentence or two
    std::string remedy;     // what to do; empty where there is nothing to do
};

using findings = std::vector<finding>;

// exit_done, or exit_refused when there is a fault among them.
int print_findings(const console& io, bool json, const std::string& url, const findings& found);

}  // namespace latchkey
