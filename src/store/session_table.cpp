// The check path, how a session gets into the table, and what it shows of its user.
#include "session_table.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace latchkey {

session_table::session_table(const session_options& options, const clock& now) : clock_(now) {
    note_due_.fill(std::numeric_limits<stamp>::max());
    configure(options);
}

std::optional<session> session_table::find(const session_key& key) noexcept {
    session_shard& shard = shards_[shard_number(key)];
    mutex_lock lock(shard.mutex);
    const auto at = shard.records.find(key);
    if (!at)
        return std::nullopt;
    session_record& record = shard.records[*at];
    // The copy below counts one more user of the profile, which is seldom in the cache: fetch it while the clock is
    // read. Worth a fifth of a lookup in a table of a million.
    __builtin_prefetch(record.user.get(), 1);
    const stamp second = now();
    if (record.dead(second, shard.limits))
        return std::nullopt;
    record.touch(second, shard.limits);
    ++shard.found;
    return record.copy(shard.limits);
}

// A look-up waits for memory three times, and each time only then knows where to look next: index, record, user.
// Several wait for it together (group prefetching: Chen, Ailamaki, Gibbons and Mowry, ACM TODS 32(3), 2007).
void session_table::fetch(std::span<const session_key> keys) const noexcept {
    if (size() < worth_fetching)
        return;
    for (const session_key& key : keys) {
        const session_shard& shard = shards_[shard_number(key)];
        mutex_lock lock(shard.mutex);
        shard.records.fetch_place(key);
    }
    for (const session_key& key : keys) {
        const session_shard& shard = shards_[shard_number(key)];
        mutex_lock lock(shard.mutex);
        shard.records.fetch(key);
    }
    for (const session_key& key : keys) {
        const session_shard& shard = shards_[shard_number(key)];
        mutex_lock lock(shard.mutex);
        if (const auto at = shard.records.find(key))
            shard.records[*at].user->fetch();
    }
}

std::optional<session> session_table::find(const public_id& user, const public_id& id) noexcept {
    user_shard& owners = users_of(user);
    mutex_lock lock(owners.mutex);
    const auto owner = owners.users.find(user);
    if (!owner)
        return std::nullopt;
    for (const session_ref at : owners.users[*owner].sessions) {
        session_shard& shard = shards_[at.shard()];
        mutex_lock shard_lock(shard.mutex);
        session_record& record = shard.records[at.slot()];
        if (record.id != id)
            continue;
        const stamp second = now();
        if (record.dead(second, shard.limits))
            return std::nullopt;
        record.touch(second, shard.limits);
        return record.copy(shard.limits);
    }
    return std::nullopt;
}

journal_entry session_table::draft(const session_key& key, const new_session& fresh) const {
    const session_shard& shard = shards_[shard_number(key)];
    journal_entry entry;
    entry.id = fresh.id;
    entry.user = fresh.user->id;
    entry.key = key;
    entry.remembered = fresh.remembered;
    entry.ip = fresh.client.ip;
    entry.user_agent = fresh.client.user_agent;
    mutex_lock lock(shard.mutex);
    const stamp second = now();
    entry.created_at = entry.authenticated_at = entry.last_seen_at = to_time(second);
    entry.expires_at = to_time(later(second, shard.limits.of(fresh.remembered).absolute));
    return entry;
}

result<session> session_table::insert(const journal_entry& entry, const profile_ptr& user,
                                      std::vector<public_id>* displaced) noexcept {
    user_shard& owners = users_of(entry.user);
    mutex_lock lock(owners.mutex);
    result<session> made = errc::store_unavailable;
    try {
        user_entry& owner = entry_for(owners, user);
        // A user at the cap gives up a session for the new one: its place under max_total is handed on, so that a full
        // table still lets such a user in.
        std::vector<public_id> victims = surplus_of(owner, 1);
        session_places::lease place(places_);
        if (!victims.empty() || place.take())
            made = add(owner, entry, user, false);
        else
            made = errc::session_limit;
        if (made) {
            place.hand_over();
            if (!victims.empty()) {
                const removed_count removed = remove(owner, victims);
                places_.give_back(removed.all - 1);
                session_counts::add(counts_.over_cap, removed.alive);
            }
            if (displaced)
                *displaced = std::move(victims);
        }
    } catch (const std::bad_alloc&) {
        // Every step that can fail comes before the first one that shows.
    }
    drop_if_empty(owners, entry.user);
    return made;
}

result<session> session_table::enter(const journal_entry& entry, const profile_ptr& user,
                                     session_places::lease& place) noexcept {
    user_shard& owners = users_of(entry.user);
    mutex_lock lock(owners.mutex);
    result<session> made = errc::store_unavailable;
    try {
        user_entry& owner = entry_for(owners, user);
        // Above the cap the user will give up a session for this one. Below it, as the user may have come meanwhile,
        // nobody's place becomes free for it.
        const bool replaces = owner.sessions.size() >= max_per_user_.load(std::memory_order_relaxed);
        if (replaces || place.take())
            made = add(owner, entry, user, true);
        else
            made = errc::session_limit;
    } catch (const std::bad_alloc&) {
    }
    if (made) {
        place.take_anyway();
        place.hand_over();
    }
    drop_if_empty(owners, entry.user);
    return made;
}

bool session_table::settle(const session_key& key) noexcept {
    session_shard& shard = shards_[shard_number(key)];
    mutex_lock lock(shard.mutex);
    const auto at = shard.records.find(key);
    if (at)
        shard.records[*at].pending = false;
    return at.has_value();
}

bool session_table::restore(const journal_entry& entry, const profile_ptr& user) {
    user_shard& owners = users_of(entry.user);
    mutex_lock lock(owners.mutex);
    session_places::lease place(places_);
    place.take_anyway();
    if (!add(entry_for(owners, user), entry, user, false)) {
        drop_if_empty(owners, entry.user);
        return false;
    }
    place.hand_over();
    if (entry.rotated_from)
        rotated_.remember(*entry.rotated_from, {entry.user, entry.id}, to_stamp(entry.rotated_at));
    return true;
}

user_entry& session_table::entry_for(user_shard& owners, const profile_ptr& user) {
    const auto known = owners.users.find(user->id);
    return owners.users[known ? *known : owners.users.emplace(user)];
}

void session_table::drop_if_empty(user_shard& owners, const public_id& user) noexcept {
    const auto owner = owners.users.find(user);
    if (owner && owners.users[*owner].sessions.empty())
        owners.users.erase(*owner);
}

result<session> session_table::add(user_entry& owner, const journal_entry& entry, const profile_ptr& user,
                                   bool pending) {
    owner.sessions.make_room();
    text_pool::lease agent(user_agents_, entry.user_agent);
    const bool news = shows_news(owner, user);
    const profile_ptr& profile = news ? user : owner.profile;

    const std::uint32_t number = shard_number(entry.key);
    session_shard& shard = shards_[number];
    std::uint32_t slot;
    result<session> made = errc::store_unavailable;
    {
        mutex_lock lock(shard.mutex);
        if (shard.records.find(entry.key))
            return made;
        slot = shard.records.emplace(entry, profile, agent.get(), now());
        shard.records[slot].pending = pending;
        agent.keep();
        made = shard.records[slot].copy(shard.limits);
    }
    if (news)
        adopt(owner, user);
    owner.sessions.push_back(session_ref(number, slot));
    return made;
}

bool session_table::shows_news(const user_entry& owner, const profile_ptr& profile) noexcept {
    const profile_ptr& known = owner.profile;
    return profile != known && profile->version >= known->version && !(*profile == *known);
}

// Shows the new picture of the user in the sessions that are there already.
void session_table::adopt(user_entry& owner, const profile_ptr& profile) noexcept {
    owner.profile = profile;
    for (const session_ref at : owner.sessions) {
        session_shard& shard = shards_[at.shard()];
        mutex_lock lock(shard.mutex);
        shard.records[at.slot()].user = profile;
    }
}

void session_table::refresh(const profile_ptr& user) noexcept {
    user_shard& owners = users_of(user->id);
    mutex_lock lock(owners.mutex);
    const auto owner = owners.users.find(user->id);
    if (owner && shows_news(owners.users[*owner], user))
        adopt(owners.users[*owner], user);
}

}  // namespace latchkey
