// Has the running server, where there is one, take over keys that a command has changed.
#pragma once

#include "failure.hpp"

#include <latchkey/config.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

struct keys_reload {
    std::string_view outcome;          // "reloaded", "not_running", "not_asked" or "failed"
    std::string sentence;              // for a person
    std::optional<failure> problem{};  // the server goes on with the keys it had
};

keys_reload reload_keys(const config& options);

}  // namespace latchkey
