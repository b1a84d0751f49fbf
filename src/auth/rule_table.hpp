// Which rules name a certain text: a hash table from texts to sets of rules, built once and then only read.
//
// The caller hashes, because hashes of all the prefixes of a path, or of all the suffixes of a host, come from one walk
// over it. Keys are the administrator's; a client can look up what it likes, and never makes a probe longer than those
// keys make it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace latchkey {

inline constexpr std::size_t most_rules = 4'096;

// A bit for each rule; the first rule is the lowest bit of the first word. As large as the largest policy, on the
// stack: whoever uses one says how many words count.
using rule_set = std::array<std::uint64_t, most_rules / 64>;

inline void add_rule(rule_set& set, std::size_t rule) noexcept {
    set[rule / 64] |= std::uint64_t{1} << rule % 64;
}

// FNV-1a, a byte at a time. Of a text: start with text_hash_seed and take its bytes in the table's direction.
inline constexpr std::uint64_t text_hash_seed = 0xcbf29ce484222325;
constexpr std::uint64_t hash_byte(std::uint64_t hash, char byte) noexcept {
    return (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
}

class rule_table {
public:
    enum class direction { forward, backward };
    explicit rule_table(direction walk) : walk_(walk) {}

    // Before build(). `key` lives as long as the table.
    void add(std::string_view key, std::size_t rule);
    void build();

    bool empty() const noexcept { return keys_.empty(); }
    std::size_t longest() const noexcept { return longest_; }  // of the keys

    // Adds the rules that name `key`, whose hash is `hash`.
    void collect(std::uint64_t hash, std::string_view key, rule_set& into) const noexcept;

private:
    struct named {
        std::uint64_t hash;
        std::string_view key;
        std::size_t rule;
    };
    struct part {
        std::uint64_t bits;
        std::uint32_t word;
    };
    struct entry {
        std::uint64_t hash;
        std::string_view key;
        std::uint32_t first, end;  // in parts_
    };
    static constexpr std::uint32_t nothing = UINT32_MAX;

    std::size_t slot_of(std::uint64_t hash) const noexcept;

    direction walk_;
    std::vector<named> named_;  // until build()
    std::vector<entry> keys_;
    std::vector<part> parts_;           // only words that have a bit: thousands of keys with few rules each stay small
    std::vector<std::uint32_t> slots_;  // indexes of keys_; a power of two, at least half of them free
    std::size_t longest_ = 0;
};

}  // namespace latchkey
