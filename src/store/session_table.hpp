// The session table: every live session of this process, found by key in one lock and one lookup.
//
//   64 session shards  key → record        a mutex each, on a cache line of its own
//   64 user shards     user → references   a mutex each
//
// Lock order: upkeep, user shard, session shard, text pool; never the other way, never two of a kind. A session is
// added, moved and removed under its user's lock and its shard's, so the two indexes agree whenever a user's lock is
// held, and a reference read under it never meets a reused slot. The check path takes the session shard's lock alone.
// Synchronous and thread-safe. What each verb means is told in session_store.hpp; table_session_store.cpp makes those
// that must be durable of the smaller steps here. What has to allocate throws std::bad_alloc, having changed nothing.
#pragma once

#include "brief_mutex.hpp"
#include "mutex.hpp"
#include "rotated_keys.hpp"
#include "session_counts.hpp"
#include "session_index.hpp"
#include "session_journal.hpp"
#include "session_places.hpp"
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
#include <span>
#include <vector>

namespace latchkey {

// A session that somebody looked at, and the key it had then.
struct traced_session {
    session value;
    session_key key;
    bool alive = false;
    bool pending = false;
};

// What a sweep has for the journal.
struct sweep_report {
    std::vector<public_id> dead;
    std::vector<last_seen> moved;
};

// A walk through all users, in looks of bounded length.
struct table_walk {
    std::uint32_t shard = 0;
    std::uint32_t slot = 0;
};

class session_table {
public:
    static constexpr std::uint32_t shard_count = 1U << session_ref::shard_bits;
    static constexpr std::size_t sweep_budget = 1024;  // one to two milliseconds among ten million

    // `now` must outlive the table.
    session_table(const session_options& options, const clock& now);

    // The check path.
    std::optional<session> find(const session_key& key) noexcept;
    std::optional<session> find(const public_id& user, const public_id& id) noexcept;
    // See session_store::fetch(). A smaller table is in the cache anyway.
    static constexpr std::size_t worth_fetching = 4096;  // sessions
    void fetch(std::span<const session_key> keys) const noexcept;

    // Beginning. A session that begins now, as it will be kept.
    journal_entry draft(const session_key& key, const new_session& fresh) const;
    // Enters `entry` and takes out what that puts above the user's cap (told in `displaced`), in one step.
    // errc::session_limit; errc::store_unavailable for a key that is there already or without memory; nothing has
    // changed then.
    result<session> insert(const journal_entry& entry, const profile_ptr& user,
                           std::vector<public_id>* displaced = nullptr) noexcept;
    // Enters `entry` as pending, and leaves it to the caller to bring a user above the cap back to it. `place` need not
    // be taken for such a user. Errors as insert().
    result<session> enter(const journal_entry& entry, const profile_ptr& user, session_places::lease& place) noexcept;
    // The session that was entered with `key` is not pending any more. False when it is not there any more either.
    bool settle(const session_key& key) noexcept;
    // Enters what the journal kept, whatever the limits. False when its key is there already. Throws std::bad_alloc:
    // the table is of no use then.
    bool restore(const journal_entry& entry, const profile_ptr& user);
    // What must go so that `joining` sessions more keep within the user's cap: first the dead, then the oldest; never
    // a pending one. Ascending.
    std::vector<public_id> surplus(const public_id& user, std::size_t joining) const;
    // surplus() with nobody joining, for one caller at a time until that calls end_trim(): two that each saw one too
    // many, and not the same ones pending, would take out two. nullopt: there is one, and another sees to it.
    std::optional<std::vector<public_id>> begin_trim(const public_id& user);
    void end_trim(const public_id& user) noexcept;
    session_places& places() noexcept { return places_; }
    // The table counts what expired and what insert() took out; its user all that only it can tell.
    session_counts& counts() noexcept { return counts_; }

    // Looking. The session behind `key`, or behind what `key` was rotated into; dead ones too.
    std::optional<traced_session> trace(const session_key& key) const noexcept;
    // The live one that `key` opened until it was rotated.
    std::optional<rotated_session> find_rotated(const session_key& key) const noexcept;
    std::optional<traced_session> look_up(const public_id& user, const public_id& id) const noexcept;
    // Goes on with `where`; nothing more to see when where.shard is shard_count.
    std::optional<traced_session> search(const public_id& id, table_walk& where) const noexcept;
    // All of the user's sessions but `spare`, dead ones too; ascending.
    std::vector<public_id> ids_of(const public_id& user, const std::optional<public_id>& spare) const;
    std::vector<listed_session> list(const public_id& user) const;
    // Appends live sessions of one shard's users to `out` until that has `most`; those behind `after` when given.
    void page(std::uint32_t shard, const session_cursor* after, std::size_t most,
              std::vector<listed_session>& out) const;
    static std::uint32_t shard_of(const public_id& user) noexcept { return user_entry::shard_of(user, shard_count); }
    std::size_t size() const noexcept { return places_.taken(); }
    std::size_t limit() const noexcept { return places_.limit(); }
    // How often find() by a key found one.
    std::uint64_t found() const noexcept;

    // Changing. Gives the session its new key, unless it died or does not have the key `seen.key` any more.
    // errc::store_unavailable when `fresh` is there already or without memory; nothing has changed then.
    result<std::optional<session>> rotate(const traced_session& seen, const session_key& fresh, time_point at,
                                          rotation_cause cause = rotation_cause::password_given) noexcept;
    void refresh(const profile_ptr& user) noexcept;

    // Ending. What it was, when it is this call that took it out.
    std::optional<traced_session> erase(const traced_session& seen) noexcept;
    // How many live ones this call took out. `ids` ascend.
    std::size_t erase(const public_id& user, std::span<const public_id> ids) noexcept;

    // Upkeep. Takes out what expired from where the last call stopped: to the end of a shard, or until sweep_budget
    // sessions were removed: true then. What the journal should know goes to `report`, if there is one.
    bool sweep(sweep_report* report = nullptr) noexcept;
    // When the sessions of one shard were last seen, of those where that moved since it was last told.
    std::vector<last_seen> take_moved(std::uint32_t shard);
    std::vector<last_seen> take_moved_of(const public_id& user);
    // Those of one shard that are not among `known`, which ascends; never a pending one. Throws std::bad_alloc.
    std::vector<traced_session> strangers(std::uint32_t shard, const std::vector<public_id>& known) const;
    // Takes out everything, a shard at a time.
    void clear() noexcept;
    // See session_store::configure(). Adds to `dead` what was dead by the old limits and not swept yet.
    void configure(const session_options& options, std::vector<public_id>* dead = nullptr) noexcept;

private:
    struct alignas(64) session_shard {
        mutable brief_mutex mutex;
        lifetimes limits LATCHKEY_GUARDED_BY(mutex){session_options{}};  // the same in all but while they change
        keyed_slab<session_record> records LATCHKEY_GUARDED_BY(mutex);
        std::uint64_t found LATCHKEY_GUARDED_BY(mutex) = 0;
    };
    struct dead_keys;

    static std::uint32_t shard_number(const session_key& key) noexcept {
        return static_cast<std::uint32_t>(key.word(1)) % shard_count;
    }
    user_shard& users_of(const public_id& user) const noexcept { return user_shards_[shard_of(user)]; }
    // Read under the shard's lock: one that takes the lock later never sees an earlier second, so a session that was
    // once found dead is not alive for anybody any more.
    stamp now() const noexcept { return to_stamp(clock_.now()); }

    // Where the session with `key` is now, dead or alive.
    struct location {
        session_ref at;
        traced_session seen;
    };
    std::optional<location> locate(const session_key& key) const noexcept;

    static user_entry& entry_for(user_shard& owners, const profile_ptr& user) LATCHKEY_REQUIRES(owners.mutex);
    static void drop_if_empty(user_shard& owners, const public_id& user) noexcept LATCHKEY_REQUIRES(owners.mutex);

    // The following are called with the lock of the session's user held.
    result<session> add(user_entry& owner, const journal_entry& entry, const profile_ptr& user, bool pending);
    static bool shows_news(const user_entry& owner, const profile_ptr& profile) noexcept;
    void adopt(user_entry& owner, const profile_ptr& profile) noexcept;
    std::vector<public_id> surplus_of(const user_entry& owner, std::size_t joining) const;
    public_id id_of(session_ref at) const noexcept;
    traced_session look(session_ref at) const noexcept;
    traced_session traced(const session_record& record, const lifetimes& limits) const noexcept {
        return {record.copy(limits), record.key(), !record.dead(now(), limits), record.pending};
    }
    std::optional<listed_session> read(session_ref at) const;  // a live one
    session_list::iterator position(session_list& sessions, const traced_session& seen) noexcept;
    traced_session remove(session_ref at) noexcept;
    struct removed_count {
        std::size_t all = 0;
        std::size_t alive = 0;
    };
    removed_count remove(user_entry& owner, std::span<const public_id> ids) noexcept;

    dead_keys collect_dead(std::uint32_t shard, std::uint32_t from) const noexcept;

    const clock& clock_;
    std::array<session_shard, shard_count> shards_;
    mutable std::array<user_shard, shard_count> user_shards_;
    text_pool user_agents_;
    rotated_keys rotated_;
    session_places places_;
    session_counts counts_;
    std::atomic<std::size_t> max_per_user_{1};

    mutex upkeep_mutex_;
    std::uint32_t sweep_shard_ LATCHKEY_GUARDED_BY(upkeep_mutex_) = 0;
    std::uint32_t sweep_slot_ LATCHKEY_GUARDED_BY(upkeep_mutex_) = 0;
    stamp note_every_ LATCHKEY_GUARDED_BY(upkeep_mutex_) = 0;
    std::array<stamp, shard_count> note_due_ LATCHKEY_GUARDED_BY(upkeep_mutex_);  // when take_moved() is due
};

}  // namespace latchkey
