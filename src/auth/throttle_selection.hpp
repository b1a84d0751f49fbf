// Which entries a filter means, and what is told of them: the same whether they lie in the table or in Redis.
#pragma once

#include "throttle_budget.hpp"
#include "throttle_keys.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

// What is kept of one key.
struct kept_throttle {
    throttle_key key;
    throttle_kind kind{};
    std::array<std::uint8_t, 16> client{};  // pair and client
    held state;
    std::string_view label;  // "" where none is kept
};

bool is_kind(throttle_kind kind) noexcept;
// Pair and client.
bool has_client(throttle_kind kind) noexcept;
// What is no address may be a password in the wrong field.
bool may_be_shown(std::string_view account) noexcept;

class throttle_selection {
public:
    // What `filter` refers to outlives *this.
    throttle_selection(const throttle_filter& filter, const throttle_keys& keys) noexcept;

    // Whatever is left of its failures.
    bool fits(const kept_throttle& one) const noexcept;
    // Nothing when all of its failures are forgotten. Throws std::bad_alloc.
    std::optional<throttle_entry> entry_of(const kept_throttle& one, const throttle_budget& budget,
                                           time_point now) const;

private:
    bool is_named(const throttle_key& key) const noexcept;

    const throttle_filter filter_;
    std::optional<throttle_key> account_, pair_;
};

// The longest wait first, each once, no more than `limit`.
void sort_by_wait(std::vector<throttle_entry>& entries, std::size_t limit);
// Leaves no fewer than `limit` of those that wait longest, and not many more, once there are very many.
void drop_shortest(std::vector<throttle_entry>& entries, std::size_t limit);

}  // namespace latchkey
