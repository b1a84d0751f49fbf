// Values on their way between text and the structs: one set of rules for the file and the environment.
#pragma once

#include "config_key.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace latchkey {

// What a TOML document holds; anything that no key can be is `other`, by its name.
struct raw_value {
    struct other {
        std::string_view type;  // "a table", "a date"
    };
    // An entry of a list that is no string is an empty optional.
    using list = std::vector<std::optional<std::string>>;
    std::variant<other, std::string, bool, std::int64_t, list> value;
};

struct value_fault {
    std::string reason;
    std::size_t entry = 0;  // of a list
};

// Puts `raw` into `values`. What it finds wrong comes back, and then the member keeps what it had.
std::vector<value_fault> assign(const config_key& key, const raw_value& raw, config& values);

// What an environment variable says, as the type the key wants: lists are separated by commas, spaces around them do
// not count, and an empty text is an empty list. What does not fit the type is left a string for assign() to refuse.
raw_value from_variable(const config_key& key, std::string_view text);

// The key's value as TOML: `"30m"`, `100`, `["a", "b"]`.
std::string to_toml(const config_key& key, const config& values);

}  // namespace latchkey
