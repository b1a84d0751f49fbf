// The throttle's scripts, what runs them, and an entry as they keep it.
#pragma once

#include "script_asker.hpp"
#include "throttle_scripts.hpp"
#include "throttle_selection.hpp"

#include <optional>
#include <string_view>

namespace latchkey {

// An entry as Redis keeps it. Its label points into `record`. Nothing when those are no bytes of ours.
std::optional<kept_throttle> read_throttle(std::string_view key, std::string_view record) noexcept;

inline std::string_view text_of(const throttle_key& key) noexcept {
    return {reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()};
}

class throttle_asker : public script_asker {
public:
    using script_asker::script_asker;

    const throttle_scripts known;
};

}  // namespace latchkey
