#include "minted_tokens.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace latchkey {

minted_tokens::set& minted_tokens::set_of(const public_id& session) const noexcept {
    std::uint64_t word;  // ids are random
    std::memcpy(&word, session.bytes.data(), sizeof word);
    return (*sets_)[word % sets];
}

bool minted_tokens::append(const session& of, wall_time now, std::string& out) const {
    const set& among = set_of(of.id);
    const mutex_lock lock(among.lock);
    for (const entry& one : among.entries)
        if (one.user == of.user && one.session == of.id && one.authenticated_at == of.authenticated_at &&
            one.good_from <= now && now < one.good_until) {
            out.append(one.text.get());
            return true;
        }
    return false;
}

void minted_tokens::put(const session& of, std::string_view text, wall_time good_from, wall_time good_until,
                        std::uint64_t generation) {
    profile_ptr outgoing;  // let go after the lock
    set& among = set_of(of.id);
    const mutex_lock lock(among.lock);
    if (generation != generation_.load(std::memory_order_acquire))
        return;
    // The session's own place, else a free one, else the one that expires first.
    const auto worth = [&](const entry& one) {
        return one.user && one.session == of.id ? wall_time::min() : one.user ? one.good_until : wall_time{};
    };
    entry& place = *std::min_element(among.entries.begin(), among.entries.end(),
                                     [&](const entry& a, const entry& b) { return worth(a) < worth(b); });
    outgoing = std::exchange(place.user, nullptr);
    place.text.assign(text);
    place.session = of.id;
    place.authenticated_at = of.authenticated_at;
    place.good_from = good_from;
    place.good_until = good_until;
    place.user = of.user;
}

void minted_tokens::forget_all() noexcept {
    generation_.fetch_add(1, std::memory_order_acq_rel);
    for (set& among : *sets_) {
        std::array<profile_ptr, ways> outgoing;
        const mutex_lock lock(among.lock);
        for (std::size_t i = 0; i < ways; ++i) {
            outgoing[i] = std::exchange(among.entries[i].user, nullptr);
            among.entries[i].text.clear();
        }
    }
}

}  // namespace latchkey
