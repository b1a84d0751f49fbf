// What several keys must be together, and what is accepted only with a warning.
#pragma once

#include <latchkey/config.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace latchkey {

struct config_rule {
    enum class weight { fault, warning };

    weight kind;
    // The keys concerned. The message points at the first of them that is not at its default.
    std::array<std::string_view, 2> keys;  // the second may be empty
    // What is wrong, or nothing. Called only while none of the keys has a fault of its own.
    std::string (*broken)(const config&);
};

std::span<const config_rule> config_rules();

}  // namespace latchkey
