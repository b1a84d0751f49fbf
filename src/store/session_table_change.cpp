// How a session of the table gets another key, and how it leaves.
#include "session_table.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace latchkey {

result<std::optional<session>> session_table::rotate(const traced_session& seen, const session_key& fresh,
                                                     time_point at, rotation_cause cause) noexcept {
    const public_id& user = seen.value.user->id;
    // First of all, so that there is no moment in which nobody knows the old key: see trace().
    rotated_.remember(seen.key, {user, seen.value.id}, to_stamp(at));

    user_shard& owners = users_of(user);
    mutex_lock lock(owners.mutex);
    const auto now_at = locate(seen.key);
    if (!now_at || now_at->seen.value.id != seen.value.id || !now_at->seen.alive)
        return std::optional<session>();

    session_shard& from = shards_[now_at->at.shard()];
    std::optional<session_record> record;
    {
        mutex_lock from_lock(from.mutex);
        record = from.records[now_at->at.slot()];
    }
    record->token_hash = fresh;
    if (cause == rotation_cause::password_given)
        record->authenticated = to_stamp(at);
    record->last_seen = std::max(record->last_seen, to_stamp(at));

    // Nobody knows the new key yet, so that for now both may be there.
    const std::uint32_t number = shard_number(fresh);
    session_shard& to = shards_[number];
    std::uint32_t slot;
    std::optional<session> rotated;
    try {
        mutex_lock to_lock(to.mutex);
        if (to.records.find(fresh))
            return errc::store_unavailable;
        slot = to.records.emplace(*record);
        rotated = to.records[slot].copy(to.limits);
    } catch (const std::bad_alloc&) {
        return errc::store_unavailable;
    }
    auto& sessions = owners.users[*owners.users.find(user)].sessions;
    *std::find(sessions.begin(), sessions.end(), now_at->at) = session_ref(number, slot);
    mutex_lock from_lock(from.mutex);
    from.records.erase(now_at->at.slot());
    return rotated;
}

std::optional<traced_session> session_table::erase(const traced_session& seen) noexcept {
    user_shard& owners = users_of(seen.value.user->id);
    mutex_lock lock(owners.mutex);
    const auto owner = owners.users.find(seen.value.user->id);
    if (!owner)
        return std::nullopt;
    auto& sessions = owners.users[*owner].sessions;
    const auto at = position(sessions, seen);
    if (at == sessions.end())
        return std::nullopt;  // somebody else ended it in between
    auto removed = remove(*at);
    sessions.erase(at, at + 1);
    if (sessions.empty())
        owners.users.erase(*owner);
    places_.give_back(1);
    return removed;
}

std::size_t session_table::erase(const public_id& user, std::span<const public_id> ids) noexcept {
    if (ids.empty())
        return 0;
    user_shard& owners = users_of(user);
    mutex_lock lock(owners.mutex);
    const auto owner = owners.users.find(user);
    if (!owner)
        return 0;
    const removed_count removed = remove(owners.users[*owner], ids);
    places_.give_back(removed.all);
    drop_if_empty(owners, user);
    return removed.alive;
}

std::optional<std::vector<public_id>> session_table::begin_trim(const public_id& user) {
    user_shard& owners = users_of(user);
    mutex_lock lock(owners.mutex);
    const auto owner = owners.users.find(user);
    std::vector<public_id> going = owner ? surplus_of(owners.users[*owner], 0) : std::vector<public_id>{};
    if (going.empty())
        return going;
    if (std::exchange(owners.users[*owner].trimming, true))
        return std::nullopt;
    return going;
}

void session_table::end_trim(const public_id& user) noexcept {
    user_shard& owners = users_of(user);
    mutex_lock lock(owners.mutex);
    if (const auto owner = owners.users.find(user))
        owners.users[*owner].trimming = false;
}

session_table::removed_count session_table::remove(user_entry& owner, std::span<const public_id> ids) noexcept {
    removed_count removed;
    const auto gone = std::remove_if(owner.sessions.begin(), owner.sessions.end(), [&](session_ref at) {
        if (!std::binary_search(ids.begin(), ids.end(), id_of(at)))
            return false;
        ++removed.all;
        removed.alive += remove(at).alive ? 1 : 0;
        return true;
    });
    owner.sessions.erase(gone, owner.sessions.end());
    return removed;
}

traced_session session_table::remove(session_ref at) noexcept {
    session_shard& shard = shards_[at.shard()];
    mutex_lock lock(shard.mutex);
    const session_record& record = shard.records[at.slot()];
    const traced_session removed = traced(record, shard.limits);
    user_agents_.release(record.user_agent);
    shard.records.erase(at.slot());
    if (!removed.alive)
        session_counts::add(counts_.expired);
    return removed;
}

session_list::iterator session_table::position(session_list& sessions, const traced_session& seen) noexcept {
    // The key it had leads there at once, unless it was rotated since.
    if (const auto there = locate(seen.key); there && there->seen.value.id == seen.value.id)
        return std::find(sessions.begin(), sessions.end(), there->at);
    return std::find_if(sessions.begin(), sessions.end(), [&](session_ref at) { return id_of(at) == seen.value.id; });
}

}  // namespace latchkey
