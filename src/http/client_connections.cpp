#include "client_connections.hpp"

#include <algorithm>
#include <cstring>
#include <random>

namespace latchkey::http {
namespace {

std::uint64_t random_word() {
    std::random_device random;
    const std::uint64_t high = random();
    return high << 32 | random();
}

// splitmix64's finaliser: a bijection in which every bit depends on every other.
std::uint64_t stirred(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

}  // namespace

client_connections::client_connections() : key_{random_word(), random_word()}, counters_(2 * row) {
}

std::uint64_t client_connections::hash_of(const client_prefix& client) const noexcept {
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), client.network.bytes.data(), sizeof words);
    return stirred(stirred(words[0] ^ key_[0]) ^ words[1] ^ key_[1]);
}

std::array<client_connections::counter, 2> client_connections::counters_of(std::uint64_t hash) noexcept {
    return {counter(counters_[hash % row]), counter(counters_[row + (hash >> 32) % row])};
}

// Counted in both places before either is looked at: of those that come at once, the one whose counting ends last sees
// all the others in both. Who looked while counting could see the half of each of two others, and pass beside them.
client_connections::place client_connections::enter(const client_prefix& client, std::size_t most) noexcept {
    const std::uint64_t hash = hash_of(client);
    const auto both = counters_of(hash);
    for (const counter& one : both)
        one.fetch_add(1, std::memory_order_acq_rel);
    const std::uint32_t held =
        std::min(both[0].load(std::memory_order_acquire), both[1].load(std::memory_order_acquire));
    if (held <= most)
        return place(*this, hash);
    leave(hash);
    return {};
}

void client_connections::leave(std::uint64_t hash) noexcept {
    for (const counter& one : counters_of(hash))
        one.fetch_sub(1, std::memory_order_release);
}

}  // namespace latchkey::http
