// Access tokens whose signature and claims were found good: a token that comes again costs a hash in place of a
// signature. With Ed25519 that makes a whole check 13 us of CPU time in place of 91 (docs/sessions-vs-jwt.md).
//
// Known by a keyed hash of the whole text, under a key of this process's own: who does not know it cannot make another
// text that is taken for one of these, nor choose which entries theirs push out. Only good tokens get in, so that only
// holders of many can push out anybody's; then theirs are verified again. A fixed number of places, as minted_tokens
// has. All members may be called from every thread.
#pragma once

#include "mac.hpp"
#include "mutex.hpp"

#include <latchkey/session.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace latchkey {

// What is left to be known of a good token.
struct verified_token {
    public_id user, session;
    wall_time expires_at, not_before, authenticated_at;  // as it says
    profile_ptr profile;                                 // made of its claims; null where the session store is asked
};

class verified_tokens {
public:
    static constexpr std::size_t ways = 4;
    static constexpr std::size_t sets = 16'384;  // 65,536 tokens, 10 MiB

    // Throws std::bad_alloc.
    verified_tokens();

    mac::digest digest_of(std::string_view token) const noexcept { return key_.digest_of({bytes_of(token)}); }

    // Nothing at or after its expiry. Does not allocate.
    std::optional<verified_token> find(const mac::digest& digest, wall_time now) const noexcept;
    // `generation`: what it was before the keys were read that verified the token.
    void put(const mac::digest& digest, const verified_token& token, std::uint64_t generation) noexcept;
    // The keys have changed.
    void forget_all() noexcept;
    std::uint64_t generation() const noexcept { return generation_.load(std::memory_order_acquire); }

private:
    struct entry {
        mac::digest digest{};
        verified_token token;  // expires_at at the epoch: free
    };
    struct set {
        mutable mutex lock;
        std::array<entry, ways> entries LATCHKEY_GUARDED_BY(lock);
    };

    set& set_of(const mac::digest& digest) const noexcept;

    const mac key_;
    const std::unique_ptr<std::array<set, sets>> sets_;
    std::atomic<std::uint64_t> generation_{0};
};

}  // namespace latchkey
