#include "verified_tokens.hpp"

#include "tokens.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace latchkey {
namespace {

secret random_key() {
    secret key = secret::of_size(mac::key_size);
    fill_with_randomness({reinterpret_cast<std::uint8_t*>(key.writable().data()), key.size()});
    return key;
}

}  // namespace

verified_tokens::verified_tokens()
    : key_(random_key(), "verified token"), sets_(std::make_unique<std::array<set, sets>>()) {
}

verified_tokens::set& verified_tokens::set_of(const mac::digest& digest) const noexcept {
    std::uint64_t word;
    std::memcpy(&word, digest.data(), sizeof word);
    return (*sets_)[word % sets];
}

// The comparison may take as long as it likes: nobody can choose a digest.
std::optional<verified_token> verified_tokens::find(const mac::digest& digest, wall_time now) const noexcept {
    const set& among = set_of(digest);
    const mutex_lock lock(among.lock);
    for (const entry& one : among.entries)
        if (now < one.token.expires_at && one.digest == digest)
            return one.token;
    return std::nullopt;
}

void verified_tokens::put(const mac::digest& digest, const verified_token& token, std::uint64_t generation) noexcept {
    profile_ptr outgoing;  // let go after the lock
    set& among = set_of(digest);
    const mutex_lock lock(among.lock);
    if (generation != generation_.load(std::memory_order_acquire))
        return;
    // Its own place, where somebody was quicker with the same token; else a free one, or the one that expires first.
    const auto worth = [&](const entry& one) { return one.digest == digest ? wall_time::min() : one.token.expires_at; };
    entry& place = *std::min_element(among.entries.begin(), among.entries.end(),
                                     [&](const entry& a, const entry& b) { return worth(a) < worth(b); });
    outgoing = std::exchange(place.token.profile, token.profile);
    place.digest = digest;
    place.token = token;
}

void verified_tokens::forget_all() noexcept {
    generation_.fetch_add(1, std::memory_order_acq_rel);
    for (set& among : *sets_) {
        std::array<profile_ptr, ways> outgoing;
        const mutex_lock lock(among.lock);
        for (std::size_t i = 0; i < ways; ++i) {
            outgoing[i] = std::exchange(among.entries[i].token.profile, nullptr);
            among.entries[i].token.expires_at = wall_time{};
        }
    }
}

}  // namespace latchkey
