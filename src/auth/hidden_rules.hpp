// Rules that can never decide anything, because an earlier one matches whatever they match.
#pragma once

#include <latchkey/config.hpp>

#include <cstddef>
#include <vector>

namespace latchkey {

struct hidden_rule {
    std::size_t rule = 0;  // counted from 0, as everywhere but in what people read
    std::size_t by = 0;    // the first rule that covers it alone
};

// Only what is certain: a rule that several others cover together, or an expression another one implies, is not told.
// Throws std::invalid_argument for a rule that cannot be compiled.
std::vector<hidden_rule> find_hidden_rules(const std::vector<access_rule>& rules);

}  // namespace latchkey
