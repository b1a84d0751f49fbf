#include "rule_table.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

namespace latchkey {

void rule_table::add(std::string_view key, std::size_t rule) {
    std::uint64_t hash = text_hash_seed;
    if (walk_ == direction::forward)
        for (auto at = key.begin(); at != key.end(); ++at)
            hash = hash_byte(hash, *at);
    else
        for (auto at = key.rbegin(); at != key.rend(); ++at)
            hash = hash_byte(hash, *at);
    named_.push_back({hash, key, rule});
}

void rule_table::build() {
    std::sort(named_.begin(), named_.end(),
              [](const named& a, const named& b) { return std::tie(a.key, a.rule) < std::tie(b.key, b.rule); });
    for (const auto& [hash, key, rule] : named_) {
        if (keys_.empty() || keys_.back().key != key) {
            const auto start = static_cast<std::uint32_t>(parts_.size());
            keys_.push_back({hash, key, start, start});
            longest_ = std::max(longest_, key.size());
        }
        auto& last = keys_.back();
        const auto word = static_cast<std::uint32_t>(rule / 64);
        if (last.first == last.end || parts_.back().word != word) {
            parts_.push_back({0, word});
            ++last.end;
        }
        parts_.back().bits |= std::uint64_t{1} << rule % 64;
    }
    named_ = {};

    slots_.assign(std::bit_ceil(2 * keys_.size() + 1), nothing);
    for (std::uint32_t i = 0; i < keys_.size(); ++i) {
        auto slot = slot_of(keys_[i].hash);
        while (slots_[slot] != nothing)
            slot = (slot + 1) & (slots_.size() - 1);
        slots_[slot] = i;
    }
}

// FNV's upper bits are the better mixed.
std::size_t rule_table::slot_of(std::uint64_t hash) const noexcept {
    return static_cast<std::size_t>(hash ^ hash >> 32) & (slots_.size() - 1);
}

void rule_table::collect(std::uint64_t hash, std::string_view key, rule_set& into) const noexcept {
    for (auto slot = slot_of(hash); slots_[slot] != nothing; slot = (slot + 1) & (slots_.size() - 1)) {
        const entry& found = keys_[slots_[slot]];
        if (found.hash != hash || found.key != key)
            continue;
        for (auto i = found.first; i < found.end; ++i)
            into[parts_[i].word] |= parts_[i].bits;
        return;
    }
}

}  // namespace latchkey
