#include "session_table.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace latchkey {

// One place under max_total, given back at the end of the scope unless it was used.
class session_table::reservation {
public:
    explicit reservation(std::atomic<std::size_t>& total) noexcept : total_(total) {}
    ~reservation() {
        if (held_)
            total_.fetch_sub(1, std::memory_order_relaxed);
    }
    reservation(const reservation&) = delete;
    reservation& operator=(const reservation&) = delete;

    // Exact under concurrency: there are never more than `limit` places out.
    bool take(std::size_t limit) noexcept {
        std::size_t taken = total_.load(std::memory_order_relaxed);
        while (taken < limit && !held_)
            held_ = total_.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed);
        return held_;
    }
    void use() noexcept { held_ = false; }

private:
    std::atomic<std::size_t>& total_;
    bool held_ = false;
};

session_table::session_table(const session_options& options, const clock& now)
    : clock_(now),
      limits_(options),
      max_per_user_(std::max<std::size_t>(1, options.max_per_user)),
      max_total_(options.max_total) {
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
    if (record.dead(second, limits_))
        return std::nullopt;
    record.touch(second, limits_);
    return record.copy(limits_);
}

result<session> session_table::insert(const session_key& key, const new_session& fresh) noexcept {
    const public_id& user = fresh.user->id;
    user_shard& shard = users_of(user);
    mutex_lock lock(shard.mutex);
    result<session> made = errc::store_unavailable;
    try {
        const auto known = shard.users.find(user);
        const auto at = known ? *known : shard.users.emplace(user);
        made = insert_for(shard.users[at], key, fresh);
    } catch (const std::bad_alloc&) {
        // Every step that can fail comes before the first one that shows.
    }
    const auto at = shard.users.find(user);
    if (at && shard.users[*at].sessions.empty())
        shard.users.erase(*at);
    return made;
}

result<session> session_table::insert_for(user_entry& owner, const session_key& key, const new_session& fresh) {
    // A user at the cap gives up a session for the new one: its place under max_total is handed on, so that a full
    // table still lets such a user in.
    const bool replaces = owner.sessions.size() >= max_per_user_;
    reservation place(size_);
    if (!replaces && !place.take(max_total_))
        return errc::session_limit;

    if (owner.sessions.size() == owner.sessions.capacity())
        owner.sessions.reserve(owner.sessions.size() * 2);
    text_pool::lease agent(user_agents_, fresh.client.user_agent);
    const bool news = !owner.profile || !(*owner.profile == *fresh.user);
    const profile_ptr& profile = news ? fresh.user : owner.profile;

    const std::uint32_t number = shard_number(key);
    session_shard& shard = shards_[number];
    std::uint32_t slot;
    result<session> made = errc::store_unavailable;
    {
        mutex_lock lock(shard.mutex);
        if (shard.records.find(key))
            return made;
        slot = shard.records.emplace(key, fresh.id, profile, fresh.client.ip, agent.get(), fresh.remembered, now(),
                                     limits_.of(fresh.remembered));
        agent.keep();
        made = shard.records[slot].copy(limits_);
    }
    place.use();
    if (news)
        adopt(owner, fresh.user);
    if (replaces)
        size_.fetch_sub(make_room(owner) - 1, std::memory_order_relaxed);
    owner.sessions.emplace_back(number, slot);
    return made;
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

// Brings the user below the cap: first what is dead, then the oldest. How many went; at least one.
std::size_t session_table::make_room(user_entry& owner) noexcept {
    auto& sessions = owner.sessions;
    const std::size_t before = sessions.size();
    const auto dead = std::remove_if(sessions.begin(), sessions.end(), [this](session_ref at) {
        const bool gone = is_dead(at);
        if (gone)
            remove(at);
        return gone;
    });
    sessions.erase(dead, sessions.end());
    while (sessions.size() >= max_per_user_) {
        remove(sessions.front());
        sessions.erase(sessions.begin());
    }
    return before - sessions.size();
}

std::optional<session> session_table::erase(const session_key& key) noexcept {
    // The key leads to the user, but the user's lock comes first in the order: look, let go, lock, look again.
    const auto seen = locate(key);
    if (!seen)
        return std::nullopt;
    user_shard& owners = users_of(seen->user);
    mutex_lock lock(owners.mutex);
    const auto still = locate(key);
    if (!still || still->user != seen->user)
        return std::nullopt;  // somebody else ended it in between

    const auto owner = *owners.users.find(seen->user);
    auto& sessions = owners.users[owner].sessions;
    sessions.erase(std::find(sessions.begin(), sessions.end(), still->at));
    if (sessions.empty())
        owners.users.erase(owner);
    removed_session removed = remove(still->at);
    size_.fetch_sub(1, std::memory_order_relaxed);
    if (!removed.was_alive)
        return std::nullopt;
    return std::move(removed.value);
}

std::size_t session_table::erase_user(const public_id& user) noexcept {
    user_shard& owners = users_of(user);
    mutex_lock lock(owners.mutex);
    const auto owner = owners.users.find(user);
    if (!owner)
        return 0;
    auto& sessions = owners.users[*owner].sessions;
    std::size_t ended = 0;
    for (const session_ref at : sessions)
        ended += remove(at).was_alive ? 1 : 0;
    size_.fetch_sub(sessions.size(), std::memory_order_relaxed);
    owners.users.erase(*owner);
    return ended;
}

std::vector<listed_session> session_table::list(const public_id& user) const {
    std::vector<listed_session> found;
    user_shard& owners = users_of(user);
    mutex_lock lock(owners.mutex);
    const auto owner = owners.users.find(user);
    if (!owner)
        return found;
    const auto& sessions = owners.users[*owner].sessions;
    found.reserve(sessions.size());
    for (auto at = sessions.rbegin(); at != sessions.rend(); ++at) {
        session_shard& shard = shards_[at->shard()];
        mutex_lock shard_lock(shard.mutex);
        const session_record& record = shard.records[at->slot()];
        if (!record.dead(now(), limits_))
            found.push_back({record.copy(limits_), user_agents_.read(record.user_agent)});
    }
    return found;
}

session_table::removed_session session_table::remove(session_ref at) noexcept {
    session_shard& shard = shards_[at.shard()];
    mutex_lock lock(shard.mutex);
    const session_record& record = shard.records[at.slot()];
    removed_session removed{record.copy(limits_), !record.dead(now(), limits_)};
    user_agents_.release(record.user_agent);
    shard.records.erase(at.slot());
    return removed;
}

bool session_table::is_dead(session_ref at) const noexcept {
    session_shard& shard = shards_[at.shard()];
    mutex_lock lock(shard.mutex);
    return shard.records[at.slot()].dead(now(), limits_);
}

std::optional<session_table::location> session_table::locate(const session_key& key) const noexcept {
    const std::uint32_t number = shard_number(key);
    session_shard& shard = shards_[number];
    mutex_lock lock(shard.mutex);
    const auto slot = shard.records.find(key);
    if (!slot)
        return std::nullopt;
    return location{session_ref(number, *slot), shard.records[*slot].user->id};
}

}  // namespace latchkey
