// Which sessions a user has: references into the table.
//
// A reference is good only while the user's mutex is held, because every change of a session's place happens under that
// mutex too.
#pragma once

#include "keyed_slab.hpp"
#include "mutex.hpp"
#include "session_list.hpp"

#include <latchkey/user.hpp>

#include <cstdint>
#include <cstring>

namespace latchkey {

struct user_entry {
    explicit user_entry(const profile_ptr& u) noexcept : profile(u) {}

    const public_id& key() const noexcept { return profile->id; }
    static std::uint32_t key_bits(const public_id& u) noexcept { return static_cast<std::uint32_t>(mix(u) >> 32); }
    static std::uint32_t shard_of(const public_id& u, std::uint32_t shards) noexcept {
        return static_cast<std::uint32_t>(mix(u)) % shards;
    }

    profile_ptr profile;                          // the one that all these sessions share; never null
    [[no_unique_address]] session_list sessions;  // oldest first; never empty between two operations
    bool trimming = false;                        // somebody is about to take out what is above the cap

private:
    // Ids are random when this program makes them. An imported one may not be: mix all its bits.
    static std::uint64_t mix(const public_id& u) noexcept {
        std::uint64_t word[2];
        static_assert(sizeof word == sizeof u.bytes);
        std::memcpy(word, u.bytes.data(), sizeof word);
        std::uint64_t h = word[0] ^ (word[1] * 0x9E3779B97F4A7C15U);
        h = (h ^ (h >> 32)) * 0xD6E8FEB86659FD93U;
        h = (h ^ (h >> 32)) * 0xD6E8FEB86659FD93U;
        return h ^ (h >> 32);
    }
};

static_assert(sizeof(user_entry) == 24);

struct alignas(64) user_shard {
    latchkey::mutex mutex;
    keyed_slab<user_entry> users LATCHKEY_GUARDED_BY(mutex);
};

}  // namespace latchkey
