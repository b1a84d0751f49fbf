// Which sessions a user has: references into the table, in order of creation.
//
// A reference is a shard number and a slot in four bytes. It is good only while the user's mutex is held, because
// every change of a session's place happens under that mutex too.
#pragma once

#include "keyed_slab.hpp"
#include "mutex.hpp"

#include <latchkey/user.hpp>

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <cstring>

namespace latchkey {

class session_ref {
public:
    static constexpr unsigned shard_bits = 6;

    session_ref(std::uint32_t shard, std::uint32_t slot) noexcept : packed_((slot << shard_bits) | shard) {}
    std::uint32_t shard() const noexcept { return packed_ & ((1U << shard_bits) - 1); }
    std::uint32_t slot() const noexcept { return packed_ >> shard_bits; }
    friend bool operator==(session_ref, session_ref) = default;

private:
    std::uint32_t packed_;
};

struct user_entry {
    explicit user_entry(const public_id& u) : user(u) {}

    const public_id& key() const noexcept { return user; }
    static std::uint32_t key_bits(const public_id& u) noexcept { return static_cast<std::uint32_t>(mix(u) >> 32); }
    static std::uint32_t shard_of(const public_id& u, std::uint32_t shards) noexcept {
        return static_cast<std::uint32_t>(mix(u)) % shards;
    }

    public_id user;
    profile_ptr profile;                                      // the one that all these sessions share
    boost::container::small_vector<session_ref, 2> sessions;  // oldest first; never empty between two operations
    bool trimming = false;                                    // somebody is about to take out what is above the cap

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

struct alignas(64) user_shard {
    latchkey::mutex mutex;
    keyed_slab<user_entry> users LATCHKEY_GUARDED_BY(mutex);
};

}  // namespace latchkey
