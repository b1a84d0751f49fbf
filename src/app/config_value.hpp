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

struct raw_table;

// What a TOML document holds; anything that no key can be is `other`, by its name.
struct raw_value {
    struct other {
        std::string_view type;  // "a fraction", "a date or time"
    };
    // An entry of a list that is no string is an empty optional.
    using list = std::vector<std::optional<std::string>>;
    using tables = std::vector<raw_table>;
    // A section within a section, or an inline table: its one element.
    struct section {
        tables content;
    };
    std::variant<other, std::string, bool, std::int64_t, list, tables, section> value;
};

// One of several sections of the same name, or a section within another.
struct raw_table {
    struct entry {
        std::string name;
        raw_value value;
        unsigned line = 0;
        std::vector<unsigned> entry_lines;  // of a list
    };
    std::vector<entry> entries;
    unsigned line = 0;
};

struct value_fault {
    std::string reason;
    std::size_t entry = 0;  // of a list
    // Within a list of sections: what follows the key's name, "[2].paths", and the line. Sections count from 1.
    std::string where{};
    unsigned line = 0;
};

// Puts `raw` into `values`. What it finds wrong comes back, and then the member keeps what it had.
std::vector<value_fault> assign(const config_key& key, const raw_value& raw, config& values);

// What an environment variable says, as the type the key wants: lists are separated by commas, spaces around them do
// not count, and an empty text is an empty list. What does not fit the type is left a string for assign() to refuse.
raw_value from_variable(const config_key& key, std::string_view text);

// The key's value as TOML: `"30m"`, `100`, `["a", "b"]`, `[{policy = "deny"}]`.
std::string to_toml(const config_key& key, const config& values);

// The same of texts and lists of them.
std::string to_toml(std::string_view text);
std::string to_toml(const std::vector<std::string>& list);

// "a string", "a list": what a message says that was found.
std::string_view type_name(const raw_value& raw);

}  // namespace latchkey
