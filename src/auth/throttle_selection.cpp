#include "throttle_selection.hpp"

#include <latchkey/email.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace latchkey {
namespace {

constexpr std::size_t many_entries = 4096;
constexpr std::string_view hex_digits = "0123456789abcdef";

std::string hex(const throttle_key& key) {
    std::string out;
    for (const auto byte : key.bytes) {
        out.push_back(hex_digits[byte >> 4]);
        out.push_back(hex_digits[byte & 15]);
    }
    return out;
}

bool waits_longer(const throttle_entry& a, const throttle_entry& b) noexcept {
    return a.open_at != b.open_at ? a.open_at > b.open_at : a.id < b.id;
}

}  // namespace

bool is_kind(throttle_kind kind) noexcept {
    return kind >= throttle_kind::pair && kind <= throttle_kind::device;
}

bool has_client(throttle_kind kind) noexcept {
    return kind == throttle_kind::pair || kind == throttle_kind::client;
}

bool may_be_shown(std::string_view account) noexcept try {
    return email_address::parse(account).has_value();
} catch (const std::bad_alloc&) {
    return false;
}

throttle_selection::throttle_selection(const throttle_filter& filter, const throttle_keys& keys) noexcept
    : filter_(filter) {
    if (filter.account.empty())
        return;
    account_ = keys.account(filter.account);
    if (filter.client)
        pair_ = keys.pair(*filter.client, filter.account);
}

bool throttle_selection::is_named(const throttle_key& key) const noexcept {
    if (filter_.id.size() != 2 * key.bytes.size())
        return false;
    for (std::size_t i = 0; i < key.bytes.size(); ++i)
        if (filter_.id[2 * i] != hex_digits[key.bytes[i] >> 4] ||
            filter_.id[2 * i + 1] != hex_digits[key.bytes[i] & 15])
            return false;
    return true;
}

bool throttle_selection::fits(const kept_throttle& one) const noexcept {
    if (one.state.failures == 0 || (!filter_.id.empty() && !is_named(one.key)))
        return false;
    if (pair_ && one.key == *pair_)
        return true;
    if (filter_.client && !(has_client(one.kind) && one.client == filter_.client->network.bytes))
        return false;
    return !account_ || one.key == *account_ || one.label == filter_.account;
}

std::optional<throttle_entry> throttle_selection::entry_of(const kept_throttle& one, const throttle_budget& budget,
                                                           time_point now) const {
    const auto left = failures_at(one.state, budget, now);
    if (left == 0)
        return {};
    throttle_entry entry{one.kind, hex(one.key), {}, {}, left, one.state.last, open_at(one.state, budget)};
    if (has_client(one.kind))
        entry.client = client_prefix{{one.client}};
    entry.account = one.key == account_ || one.key == pair_ ? filter_.account : one.label;
    return entry;
}

void sort_by_wait(std::vector<throttle_entry>& entries, std::size_t limit) {
    const auto by_id = [](const throttle_entry& a, const throttle_entry& b) { return a.id < b.id; };
    const auto is_same = [](const throttle_entry& a, const throttle_entry& b) { return a.id == b.id; };
    std::sort(entries.begin(), entries.end(), by_id);
    entries.erase(std::unique(entries.begin(), entries.end(), is_same), entries.end());
    std::sort(entries.begin(), entries.end(), waits_longer);
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(std::min(entries.size(), limit)), entries.end());
}

void drop_shortest(std::vector<throttle_entry>& entries, std::size_t limit) {
    if (entries.size() <= many_entries || entries.size() / 2 <= limit)
        return;
    const auto end = entries.begin() + static_cast<std::ptrdiff_t>(limit);
    std::nth_element(entries.begin(), end, entries.end(), waits_longer);
    entries.erase(end, entries.end());
}

}  // namespace latchkey
