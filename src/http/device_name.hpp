// A User-Agent as a person reads it: "Firefox" and "Linux".
//
// Good guesses for the browsers that people have, and nothing depends on them: whoever sends another User-Agent is
// called something else. Both parts are brand names, the same in all languages, except where the name is the client's
// own word; so they are escaped like any other input.
#pragma once

#include <string_view>

namespace latchkey::http {

struct device_name {
    std::string_view browser;  // or another program; empty: unknown
    std::string_view system;   // empty: unknown
    friend bool operator==(const device_name&, const device_name&) = default;
};

// `user_agent` as a session keeps it, perhaps cut short. The answer may refer to it.
device_name name_device(std::string_view user_agent) noexcept;

}  // namespace latchkey::http
