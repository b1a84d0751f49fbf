// Throttles as people and programs see them on standard output.
#pragma once

#include "console.hpp"

#include <latchkey/throttle.hpp>

#include <vector>

namespace latchkey {

// With `json` one object, {"throttles":[…]}; without it a table.
void print_throttles(const console& io, bool json, const std::vector<throttle_entry>& entries);

}  // namespace latchkey
