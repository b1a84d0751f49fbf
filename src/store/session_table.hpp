// The session table: every live session of this process, found by key in one lock and one lookup.
//
//   64 session shards  key → record        a mutex each, on a cache line of its own
//   64 user shards     user → references   a mutex each
//
// Lock order: user shard, then session shard, then text pool; never the other way, never two of a kind. A session is
// added and removed under its user's lock and its shard's, so the two indexes agree whenever a user's lock is held,
// and a reference read under it never meets a reused slot. The check path takes the session shard's lock alone.
// Synchronous and thread-safe; make_memory_session_store() wraps it in the session_store contract, which see.
#pragma once

#include "mutex.hpp"
#include "session_index.hpp"
#include "session_record.hpp"
#include "text_pool.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/session_store.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace latchkey {

class session_table {
public:
    // `now` must outlive the table.
    session_table(const session_options& options, const clock& now);

    std::optional<session> find(const session_key& key) noexcept;
    // errc::session_limit; errc::store_unavailable for a key that is there already or without memory. Nothing has
    // changed then.
    result<session> insert(const session_key& key, const new_session& fresh) noexcept;
    std::optional<session> erase(const session_key& key) noexcept;
    std::size_t erase_user(const public_id& user) noexcept;
    // Throws std::bad_alloc.
    std::vector<listed_session> list(const public_id& user) const;
    std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

    // Goes on where the last call stopped: to the end of a shard, or until sweep_budget sessions were removed.
    void sweep() noexcept;
    static constexpr std::uint32_t shard_count = 1U << session_ref::shard_bits;
    static constexpr std::size_t sweep_budget = 8192;  // about 3 ms

private:
    struct alignas(64) session_shard {
        latchkey::mutex mutex;
        keyed_slab<session_record> records LATCHKEY_GUARDED_BY(mutex);
    };
    struct removed_session {
        session value;
        bool was_alive;
    };
    class reservation;
    struct expired_keys;

    static std::uint32_t shard_number(const session_key& key) noexcept {
        return static_cast<std::uint32_t>(key.word(1)) % shard_count;
    }
    user_shard& users_of(const public_id& user) const noexcept {
        return user_shards_[user_entry::shard_of(user, shard_count)];
    }
    // Read under the shard's lock: one that takes the lock later never sees an earlier second, so a session that was
    // once found dead is not alive for anybody any more.
    stamp now() const noexcept { return saturated(clock_.now().time_since_epoch()); }

    // The following are called with the lock of the session's user held.
    result<session> insert_for(user_entry& owner, const session_key& key, const new_session& fresh);
    void adopt(user_entry& owner, const profile_ptr& profile) noexcept;
    std::size_t make_room(user_entry& owner) noexcept;
    removed_session remove(session_ref at) noexcept;
    bool is_dead(session_ref at) const noexcept;

    // Where the session with `key` is now, dead or alive, and whose it is.
    struct location {
        session_ref at;
        public_id user;
    };
    std::optional<location> locate(const session_key& key) const noexcept;
    expired_keys collect_expired(std::uint32_t shard, std::uint32_t from) const noexcept;

    const clock& clock_;
    const lifetimes limits_;
    const std::size_t max_per_user_;
    const std::size_t max_total_;

    mutable std::array<session_shard, shard_count> shards_;
    mutable std::array<user_shard, shard_count> user_shards_;
    text_pool user_agents_;
    alignas(64) std::atomic<std::size_t> size_{0};  // sessions in the table, reservations included

    mutex sweep_mutex_;  // before all others in the lock order
    std::uint32_t sweep_shard_ LATCHKEY_GUARDED_BY(sweep_mutex_) = 0;
    std::uint32_t sweep_slot_ LATCHKEY_GUARDED_BY(sweep_mutex_) = 0;
};

}  // namespace latchkey
