// What is held against whom, in memory that is taken once and never grows (requirement L8).
//
// Slots in sets of eight; a key may stand in either of two sets, which its own random bits choose. Where all sixteen
// places are taken, the one that weighs least gives way: what has been forgotten, then what is the smallest part of its
// budget, then what is oldest. So a flood of new keys, each with one failure, displaces others of its kind and hardly
// ever somebody who has gone on for long. Not thread-safe: the throttle's own, under its lock.
#pragma once

#include "throttle_budget.hpp"
#include "zeroed_array.hpp"

#include <latchkey/throttle.hpp>
#include <latchkey/throttle_store.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

// By the kind of a key.
class throttle_budgets {
public:
    explicit throttle_budgets(const throttle_options& options) noexcept;
    const throttle_budget& of(throttle_kind kind) const noexcept { return budgets_[static_cast<std::size_t>(kind)]; }
    seconds longest_memory() const noexcept;

private:
    std::array<throttle_budget, 5> budgets_{};
};

class throttle_table {
public:
    struct slot {
        throttle_key key;
        std::array<std::uint8_t, 16> client{};  // pair and client
        std::uint32_t failures = 0;
        std::uint32_t last = 0;   // seconds since 1970
        std::uint32_t label = 0;  // 0: none
        throttle_kind kind{};     // nought: never used
        bool unsaved = false;     // then it is in unsaved_, once

        held state() const noexcept { return {failures, time_point{seconds{last}}}; }
        friend bool operator==(const slot&, const slot&) = default;
    };

    // `memory` is a bound: the system gives it as keys come. Throws std::bad_alloc.
    throttle_table(std::size_t memory, const throttle_options& options);

    void configure(const throttle_options& options) noexcept { budgets_ = throttle_budgets(options); }
    const throttle_budgets& budgets() const noexcept { return budgets_; }

    // Null where nothing is held.
    slot* find(const throttle_key& key) noexcept;
    const slot* find(const throttle_key& key) const noexcept;
    // Also one that has been emptied and is not yet another's.
    slot* find_even_empty(const throttle_key& key) noexcept;
    // The key's slot, or one that is given to it, with no failures in it yet.
    slot& claim(const throttle_key& key, throttle_kind kind, const client_prefix& client, time_point now) noexcept;
    // Every change of a slot goes through here. No failures: it is free for others.
    void put(slot& one, const held& state) noexcept;
    // Remembers whose account it is, while there is room for it.
    void label(slot& one, std::string_view account) noexcept;
    std::string_view label_of(const slot& one) const noexcept;

    std::size_t size() const noexcept { return slots_.size(); }
    slot& at(std::size_t index) noexcept { return slots_[index]; }
    const slot& at(std::size_t index) const noexcept { return slots_[index]; }

    // Hands out up to `most` slots that changed since they were handed out last, and before them the keys that have
    // lost theirs: what is saved is no more than what is held. Throws std::bad_alloc, and then they still count as
    // changed.
    std::vector<throttle_record> take_unsaved(std::size_t most);
    void mark_unsaved(slot& one) noexcept;
    // The key holds nothing any more, and that is not saved yet. Beyond some thousands it is left to time.
    void mark_gone(const throttle_key& key) noexcept;
    // Takes the latest mark_unsaved() back.
    void mark_saved(slot& one) noexcept;

    std::size_t used() const noexcept { return used_; }
    std::uint64_t evicted() const noexcept { return evicted_; }
    std::size_t bytes() const noexcept;

private:
    static constexpr std::size_t ways = 8;
    static constexpr std::size_t most_labels = 4096;
    static constexpr std::size_t label_bytes = 128;
    using label_text = std::array<char, label_bytes>;

    struct shares {
        std::size_t slots, labels;
    };
    static shares shares_of(std::size_t memory) noexcept;
    throttle_table(const shares& parts, const throttle_options& options);

    std::size_t set_of(const throttle_key& key, std::size_t which) const noexcept;
    std::uint64_t weight(const slot& one, time_point now) const noexcept;
    void drop_label(slot& one) noexcept;

    throttle_budgets budgets_;
    zeroed_array<slot> slots_;
    std::vector<std::uint32_t> unsaved_;  // indices; room for all of them
    std::vector<throttle_key> gone_;      // that may be saved, but have no slot; never more than there is room for
    zeroed_array<label_text> labels_;     // the first is nobody's
    std::vector<std::uint32_t> free_labels_;
    std::size_t used_ = 0;
    std::uint64_t evicted_ = 0;
};

}  // namespace latchkey
