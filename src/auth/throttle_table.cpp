#include "throttle_table.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace latchkey {
namespace {

std::uint64_t word(const throttle_key& key, std::size_t which) noexcept {
    std::uint64_t out;
    std::memcpy(&out, key.bytes.data() + which * sizeof out, sizeof out);
    return out;
}

// One for so many slots: an eviction takes a judged password, and a second between two saves has some hundred of them.
constexpr std::size_t slots_for_each_gone = 8;

std::uint32_t to_seconds(time_point t) noexcept {
    return static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(t.time_since_epoch().count(), 0, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

throttle_budgets::throttle_budgets(const throttle_options& options) noexcept {
    const auto set = [this](throttle_kind kind, const throttle_budget& budget) {
        budgets_[static_cast<std::size_t>(kind)] = budget;
    };
    set(throttle_kind::pair, options.per_pair);
    set(throttle_kind::client, options.per_client);
    set(throttle_kind::account, options.per_account);
    set(throttle_kind::device, options.per_pair);
}

seconds throttle_budgets::longest_memory() const noexcept {
    seconds longest{0};
    for (const auto kind : {throttle_kind::pair, throttle_kind::client, throttle_kind::account})
        longest = std::max(longest, latchkey::longest_memory(of(kind)));
    return longest;
}

throttle_table::shares throttle_table::shares_of(std::size_t memory) noexcept {
    const std::size_t for_labels = most_labels * (label_bytes + sizeof(std::uint32_t));
    const std::size_t each = sizeof(slot) + sizeof(std::uint32_t) + sizeof(throttle_key) / slots_for_each_gone;
    const std::size_t room = memory > 2 * for_labels ? memory - for_labels : memory / 2;
    const std::size_t labels = std::min(most_labels, (memory - room) / (label_bytes + sizeof(std::uint32_t)));
    return {std::max<std::size_t>(1, room / each / ways) * ways, labels};
}

throttle_table::throttle_table(std::size_t memory, const throttle_options& options)
    : throttle_table(shares_of(memory), options) {
}

throttle_table::throttle_table(const shares& parts, const throttle_options& options)
    : budgets_(options), slots_(parts.slots), labels_(parts.labels + 1) {
    unsaved_.reserve(slots_.size());
    gone_.reserve(slots_.size() / slots_for_each_gone);
    free_labels_.reserve(parts.labels);
    for (std::size_t i = parts.labels; i > 0; --i)
        free_labels_.push_back(static_cast<std::uint32_t>(i));
}

std::size_t throttle_table::set_of(const throttle_key& key, std::size_t which) const noexcept {
    return word(key, which) % (slots_.size() / ways) * ways;
}

throttle_table::slot* throttle_table::find(const throttle_key& key) noexcept {
    return const_cast<slot*>(std::as_const(*this).find(key));
}

const throttle_table::slot* throttle_table::find(const throttle_key& key) const noexcept {
    for (const std::size_t set : {set_of(key, 0), set_of(key, 1)})
        for (std::size_t i = set; i < set + ways; ++i)
            if (slots_[i].failures != 0 && slots_[i].key == key)
                return &slots_[i];
    return nullptr;
}

throttle_table::slot* throttle_table::find_even_empty(const throttle_key& key) noexcept {
    for (const std::size_t set : {set_of(key, 0), set_of(key, 1)})
        for (std::size_t i = set; i < set + ways; ++i)
            if (slots_[i].kind != throttle_kind{} && slots_[i].key == key)
                return &slots_[i];
    return nullptr;
}

// The larger, the more is lost with it. A part of the budget in 2^-10, then the time of the last failure.
std::uint64_t throttle_table::weight(const slot& one, time_point now) const noexcept {
    if (one.failures == 0)
        return 0;
    const auto& budget = budgets_.of(one.kind);
    const std::uint64_t left = failures_at(one.state(), budget, now);
    constexpr std::uint64_t heaviest = UINT32_MAX;
    return std::min(left * 1024 / std::max(1U, budget.failures), heaviest) << 32 | (left == 0 ? 0 : one.last);
}

throttle_table::slot& throttle_table::claim(const throttle_key& key, throttle_kind kind, const client_prefix& client,
                                            time_point now) noexcept {
    if (slot* const known = find_even_empty(key)) {
        if (known->failures == 0)
            ++used_;
        return *known;
    }
    slot* least = nullptr;
    std::uint64_t least_weight = 0;
    for (const std::size_t set : {set_of(key, 0), set_of(key, 1)})
        for (std::size_t i = set; i < set + ways; ++i)
            if (const auto w = weight(slots_[i], now); !least || w < least_weight) {
                least = &slots_[i];
                least_weight = w;
            }
    if (least->failures != 0 || least->unsaved)
        mark_gone(least->key);
    if (least->failures != 0) {
        if (least_weight != 0)
            ++evicted_;
        drop_label(*least);
    } else {
        ++used_;
    }
    least->key = key;
    least->kind = kind;
    least->client = client.network.bytes;
    least->failures = 0;
    least->last = 0;
    return *least;
}

void throttle_table::put(slot& one, const held& state) noexcept {
    one.failures = state.failures;
    one.last = to_seconds(state.last);
    if (one.failures == 0) {
        drop_label(one);
        --used_;
    }
    mark_unsaved(one);
}

void throttle_table::mark_unsaved(slot& one) noexcept {
    if (!one.unsaved)
        unsaved_.push_back(static_cast<std::uint32_t>(&one - slots_.data()));
    one.unsaved = true;
}

void throttle_table::mark_saved(slot& one) noexcept {
    if (!one.unsaved || &slots_[unsaved_.back()] != &one)
        return;
    unsaved_.pop_back();
    one.unsaved = false;
}

void throttle_table::mark_gone(const throttle_key& key) noexcept {
    if (gone_.size() < gone_.capacity())
        gone_.push_back(key);
}

void throttle_table::label(slot& one, std::string_view account) noexcept {
    if (one.label != 0 || free_labels_.empty() || account.empty() || account.size() >= label_bytes)
        return;
    one.label = free_labels_.back();
    free_labels_.pop_back();
    auto& text = labels_[one.label];
    text.fill('\0');
    std::copy(account.begin(), account.end(), text.begin());
}

std::string_view throttle_table::label_of(const slot& one) const noexcept {
    return one.label == 0 ? std::string_view{} : std::string_view(labels_[one.label].data());
}

void throttle_table::drop_label(slot& one) noexcept {
    if (one.label != 0)
        free_labels_.push_back(std::exchange(one.label, 0));
}

// Nothing is struck off before all of it is copied: copying may fail. Keys that are gone come first, for one of them
// may have come back since.
std::vector<throttle_record> throttle_table::take_unsaved(std::size_t most) {
    const std::size_t gone = std::min(most, gone_.size());
    const std::size_t changed = std::min(most - gone, unsaved_.size());
    std::vector<throttle_record> out;
    out.reserve(gone + changed);
    for (std::size_t i = gone_.size() - gone; i < gone_.size(); ++i)
        out.push_back({gone_[i], {}, 0, {}, {}, {}});
    for (std::size_t i = unsaved_.size() - changed; i < unsaved_.size(); ++i) {
        const slot& one = slots_[unsaved_[i]];
        out.push_back({one.key, one.kind, one.failures, one.state().last, client_prefix{{one.client}},
                       std::string(label_of(one))});
    }
    for (std::size_t i = unsaved_.size() - changed; i < unsaved_.size(); ++i)
        slots_[unsaved_[i]].unsaved = false;
    unsaved_.resize(unsaved_.size() - changed);
    gone_.resize(gone_.size() - gone);
    return out;
}

std::size_t throttle_table::bytes() const noexcept {
    return slots_.size() * sizeof(slot) + unsaved_.capacity() * sizeof(std::uint32_t) +
           gone_.capacity() * sizeof(throttle_key) + labels_.size() * sizeof(label_text) +
           free_labels_.capacity() * sizeof(std::uint32_t);
}

}  // namespace latchkey
