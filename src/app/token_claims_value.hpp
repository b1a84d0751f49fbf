// The claims of a configuration file that every access token carries: [tokens.claims] into structs, and back.
#pragma once

#include "config_value.hpp"

namespace latchkey {

// Puts `raw` into `claims` unless something is wrong with any of them: then all faults come back, the first hundred.
// A claim is a text, a whole number that JavaScript can hold, a boolean or a list of texts; together they leave room
// for what else a token says. None may be called like a claim that tokens have of their own.
std::vector<value_fault> assign_claims(const raw_value& raw, std::size_t most, std::vector<token_claim>& claims);

// `{tenant = "a", admin = true}`, names in quotes.
std::string claims_to_toml(const std::vector<token_claim>& claims);

}  // namespace latchkey
