// The keys that sessions had until a moment ago: for rotation_grace each still tells which session was meant.
//
// Kept beside the table, because few sessions have one and none needs it for long. Bounded: when it is full, the
// oldest is forgotten. Thread-safe; its mutex is held alone.
#pragma once

#include "keyed_slab.hpp"
#include "mutex.hpp"
#include "session_record.hpp"

#include <latchkey/session_store.hpp>

#include <cstddef>
#include <deque>
#include <optional>

namespace latchkey {

class rotated_keys {
public:
    static constexpr std::size_t most = 262'144;

    struct origin {
        public_id user;
        public_id session;
    };

    struct known_key {
        origin of;
        stamp rotated_at;
    };

    // Best effort: without memory the key is simply dead.
    void remember(const session_key& key, const origin& of, stamp rotated_at) noexcept;
    std::optional<known_key> find(const session_key& key, stamp now) const noexcept;
    void forget_expired(stamp now) noexcept;

    static bool expired(stamp rotated_at, stamp now) noexcept {
        return now >= later(rotated_at, saturated(rotation_grace));
    }

private:
    struct entry {
        const session_key& key() const noexcept { return token_hash; }
        static std::uint32_t key_bits(const session_key& k) noexcept { return session_record::key_bits(k); }

        session_key token_hash;
        origin of;
        stamp rotated_at;
    };

    void make_room(stamp now) noexcept LATCHKEY_REQUIRES(mutex_);

    mutable mutex mutex_;
    keyed_slab<entry> entries_ LATCHKEY_GUARDED_BY(mutex_);
    std::deque<session_key> order_ LATCHKEY_GUARDED_BY(mutex_);  // of being remembered
};

}  // namespace latchkey
