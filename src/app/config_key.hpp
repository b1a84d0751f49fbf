// The table of all configuration keys: the one place that knows how a key is called, what it may hold and where its
// value lives. Loading, reloading, environment overrides, `config print`, the check for unknown keys and the test that
// holds config/latchkey.toml complete all run over it. Defaults are those of the structs in <latchkey/config.hpp>.
#pragma once

#include <latchkey/config.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace latchkey {

// Where a key's value lives in a config. The pointed-to type is the key's type; size_t is a count or a size in bytes.
using key_member = std::variant<std::string*, bool*, unsigned*, std::size_t*, seconds*, milliseconds*, throttle_budget*,
                                std::vector<std::string>*, std::vector<access_rule>*, std::vector<token_claim>*>;

enum class key_type { text, flag, count, bytes, duration, budget, list, rules, claims };

// When a new value comes into force.
enum class key_change {
    restart,
    live,  // by a reload as well
};

struct config_key {
    std::string_view section;
    std::string_view name;
    key_type type = key_type::text;
    key_change change = key_change::restart;
    key_member (*member)(config&) = nullptr;
    // Bounds of counts, bytes, durations and a budget's window (in milliseconds), and of the number of entries of a
    // list, of rules or of claims; both included.
    std::uint64_t least = 0;
    std::uint64_t most = UINT64_MAX;
    // What a text may be; empty: anything that `check` lets pass.
    std::span<const std::string_view> choices{};
    // Why this text, or this entry of a list, will not do; empty when it will.
    std::string (*check)(std::string_view) = nullptr;
    // May hold a password: messages about it do not quote it.
    bool confidential = false;

    std::string path() const;      // "session.idle_timeout"
    std::string variable() const;  // "LATCHKEY_SESSION_IDLE_TIMEOUT"
};

std::span<const config_key> config_keys();

// nullptr when there is no such key.
const config_key* find_config_key(std::string_view section, std::string_view name);

// The names of all sections, in order.
std::vector<std::string_view> config_sections();

}  // namespace latchkey
