// Access tokens that were minted for the upstream, so that a check does not sign one: one for each session, until a
// fifth of its life is left.
//
// A fixed number of places; a session has four to choose from, and beyond that the token that expires first gives way.
// Nothing is held against who fills it: then tokens are signed more often. All members may be called from every thread.
#pragma once

#include "mutex.hpp"
#include "wiped_text.hpp"

#include <latchkey/session.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace latchkey {

class minted_tokens {
public:
    static constexpr std::size_t ways = 4;
    static constexpr std::size_t sets = 4'096;  // 16,384 sessions: a megabyte, and what their tokens take

    // Throws std::bad_alloc.
    minted_tokens() : sets_(std::make_unique<std::array<set, sets>>()) {}

    // Appends the token that was put for this session, as it is now: with this user as they are now, since this
    // authentication. Does not allocate where `out` has room; false, with nothing done, when there is none that is good
    // by the wall clock, which may have been stepped.
    bool append(const session& of, wall_time now, std::string& out) const;
    // For use from `good_from` on, before `good_until`. `generation`: what it was before the keys were read that signed
    // `text`. Throws std::bad_alloc.
    void put(const session& of, std::string_view text, wall_time good_from, wall_time good_until,
             std::uint64_t generation);
    // Whatever was signed before is not good any more.
    void forget_all() noexcept;
    std::uint64_t generation() const noexcept { return generation_.load(std::memory_order_acquire); }

private:
    struct entry {
        public_id session;
        profile_ptr user;  // null: free
        time_point authenticated_at;
        wall_time good_from, good_until;
        wiped_text text;
    };
    struct set {
        mutable mutex lock;
        std::array<entry, ways> entries LATCHKEY_GUARDED_BY(lock);
    };

    set& set_of(const public_id& session) const noexcept;

    const std::unique_ptr<std::array<set, sets>> sets_;
    std::atomic<std::uint64_t> generation_{0};
};

}  // namespace latchkey
