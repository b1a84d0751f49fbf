// Looking into the table without touching what is there: who is behind a key, lists, pages and searches.
#include "session_table.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace latchkey {

std::optional<session_table::location> session_table::locate(const session_key& key) const noexcept {
    const std::uint32_t number = shard_number(key);
    const session_shard& shard = shards_[number];
    mutex_lock lock(shard.mutex);
    const auto slot = shard.records.find(key);
    if (!slot)
        return std::nullopt;
    return location{session_ref(number, *slot), traced(shard.records[*slot], shard.limits)};
}

std::optional<traced_session> session_table::trace(const session_key& key) const noexcept {
    // In this order: a rotation notes the old key before it takes it away.
    if (auto current = locate(key))
        return std::move(current->seen);
    const auto was = rotated_.find(key, now());
    return was ? look_up(was->of.user, was->of.session) : std::nullopt;
}

std::optional<rotated_session> session_table::find_rotated(const session_key& key) const noexcept {
    const stamp second = now();
    const auto was = rotated_.find(key, second);
    if (!was)
        return std::nullopt;
    auto seen = look_up(was->of.user, was->of.session);
    if (!seen || !seen->alive || seen->key == key)
        return std::nullopt;
    // Another thread may have rotated it a moment after the clock was read here.
    return rotated_session{std::move(seen->value), seconds{second - std::min(second, was->rotated_at)}};
}

std::optional<traced_session> session_table::look_up(const public_id& user, const public_id& id) const noexcept {
    user_shard& owners = users_of(user);
    mutex_lock lock(owners.mutex);
    if (const auto owner = owners.users.find(user))
        for (const session_ref at : owners.users[*owner].sessions)
            if (id_of(at) == id)
                return look(at);
    return std::nullopt;
}

std::uint64_t session_table::found() const noexcept {
    std::uint64_t sum = 0;
    for (const session_shard& shard : shards_) {
        mutex_lock lock(shard.mutex);
        sum += shard.found;
    }
    return sum;
}

// By way of the users: a session may be given another key, and so another place in the session shards, while the walk
// goes on, but it never leaves its user.
std::optional<traced_session> session_table::search(const public_id& id, table_walk& where) const noexcept {
    constexpr std::uint32_t users_per_look = 256;
    user_shard& owners = user_shards_[where.shard];
    mutex_lock lock(owners.mutex);
    const std::uint32_t stop = std::min(where.slot + users_per_look, owners.users.end());
    for (; where.slot < stop; ++where.slot)
        if (owners.users.contains(where.slot))
            for (const session_ref at : owners.users[where.slot].sessions)
                if (id_of(at) == id)
                    return look(at);
    if (where.slot >= owners.users.end())
        where = {where.shard + 1, 0};
    return std::nullopt;
}

std::vector<public_id> session_table::ids_of(const public_id& user, const std::optional<public_id>& spare) const {
    std::vector<public_id> ids;
    user_shard& owners = users_of(user);
    mutex_lock lock(owners.mutex);
    if (const auto owner = owners.users.find(user))
        for (const session_ref at : owners.users[*owner].sessions)
            if (const public_id id = id_of(at); id != spare)
                ids.push_back(id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

std::vector<public_id> session_table::surplus(const public_id& user, std::size_t joining) const {
    user_shard& owners = users_of(user);
    mutex_lock lock(owners.mutex);
    const auto owner = owners.users.find(user);
    return owner ? surplus_of(owners.users[*owner], joining) : std::vector<public_id>{};
}

std::vector<public_id> session_table::surplus_of(const user_entry& owner, std::size_t joining) const {
    std::vector<public_id> going;
    const std::size_t cap = max_per_user_.load(std::memory_order_relaxed);
    std::size_t remaining = owner.sessions.size() + joining;
    if (remaining <= cap)
        return going;
    std::vector<public_id> living;  // oldest first
    for (const session_ref at : owner.sessions) {
        const traced_session seen = look(at);
        if (!seen.pending)
            (seen.alive ? living : going).push_back(seen.value.id);
    }
    remaining -= going.size();
    if (remaining > cap)
        going.insert(going.end(), living.begin(),
                     living.begin() + static_cast<std::ptrdiff_t>(std::min(remaining - cap, living.size())));
    std::sort(going.begin(), going.end());
    return going;
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
    for (auto at = sessions.end(); at != sessions.begin();)
        if (auto listed = read(*--at))
            found.push_back(*std::move(listed));
    return found;
}

void session_table::page(std::uint32_t number, const session_cursor* after, std::size_t most,
                         std::vector<listed_session>& out) const {
    user_shard& owners = user_shards_[number];
    mutex_lock lock(owners.mutex);
    // The users in ascending order, as a heap: a page seldom needs many of them.
    std::vector<std::pair<public_id, std::uint32_t>> users;
    for (std::uint32_t slot = 0; slot < owners.users.end(); ++slot)
        if (owners.users.contains(slot) && (!after || owners.users[slot].key() >= after->user))
            users.emplace_back(owners.users[slot].key(), slot);
    std::make_heap(users.begin(), users.end(), std::greater<>());

    std::vector<std::pair<public_id, session_ref>> sessions;
    for (; !users.empty() && out.size() < most; users.pop_back()) {
        std::pop_heap(users.begin(), users.end(), std::greater<>());
        const auto& [user, slot] = users.back();
        sessions.clear();
        for (const session_ref at : owners.users[slot].sessions)
            if (const public_id id = id_of(at); !after || user != after->user || id > after->session)
                sessions.emplace_back(id, at);
        std::sort(sessions.begin(), sessions.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (auto at = sessions.begin(); at != sessions.end() && out.size() < most; ++at)
            if (auto listed = read(at->second))
                out.push_back(*std::move(listed));
    }
}

public_id session_table::id_of(session_ref at) const noexcept {
    const session_shard& shard = shards_[at.shard()];
    mutex_lock lock(shard.mutex);
    return shard.records[at.slot()].id;
}

traced_session session_table::look(session_ref at) const noexcept {
    const session_shard& shard = shards_[at.shard()];
    mutex_lock lock(shard.mutex);
    return traced(shard.records[at.slot()], shard.limits);
}

std::optional<listed_session> session_table::read(session_ref at) const {
    const session_shard& shard = shards_[at.shard()];
    mutex_lock lock(shard.mutex);
    const session_record& record = shard.records[at.slot()];
    if (record.dead(now(), shard.limits))
        return std::nullopt;
    return listed_session{record.copy(shard.limits), user_agents_.read(record.user_agent)};
}

}  // namespace latchkey
