// Keys as people and programs see them on standard output: never anything that is secret.
#pragma once

#include "console.hpp"
#include "token_key_rotation.hpp"

#include <string_view>

namespace latchkey {

// With `json` one object, {"keys":[…]}, and beside them, unless it is empty, "server": what became of the running one.
// Without `json` a table.
void print_keys(const console& io, bool json, const key_survey& keys, std::string_view server = {});

}  // namespace latchkey
