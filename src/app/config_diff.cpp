#include "config_diff.hpp"

#include "config_key.hpp"

#include <type_traits>
#include <utility>

namespace latchkey {
namespace {

// Calls `act(const T& a, T& b)` with the key's value in both.
template <class Act>
void with_values(const config_key& key, const config& a, config& b, Act act) {
    // The table hands out pointers to write through; those into `a` are only read.
    const auto read = key.member(const_cast<config&>(a));
    std::visit(
        [&](auto* to) {
            using type = std::remove_pointer_t<decltype(to)>;
            act(std::as_const(*std::get<type*>(read)), *to);
        },
        key.member(b));
}

}  // namespace

config_changes diff_configs(const config& in_force, const config& wanted) {
    config_changes out;
    config other = wanted;
    for (const auto& key : config_keys()) {
        bool same = true;
        with_values(key, in_force, other, [&](const auto& a, const auto& b) { same = a == b; });
        if (!same)
            (key.change == key_change::live ? out.live : out.needs_restart).push_back(key.path());
    }
    return out;
}

void take_live_values(const config& from, config& into) {
    for (const auto& key : config_keys())
        if (key.change == key_change::live)
            with_values(key, from, into, [](const auto& a, auto& b) { b = a; });
}

}  // namespace latchkey
