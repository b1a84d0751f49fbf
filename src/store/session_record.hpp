// One session as the table keeps it, in 96 bytes, and the rules by which it dies.
//
// Times are stamps: seconds since 1970 in four bytes, saturated at both ends. The idle limit is not stored; it follows
// from last_seen, so that a touch is a single store. Pure data and arithmetic: the shard's mutex guards it.
#pragma once

#include "session_journal.hpp"
#include "text_pool.hpp"

#include <latchkey/config.hpp>
#include <latchkey/session.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace latchkey {

using stamp = std::uint32_t;

// Seconds as a stamp or as a distance between two; what does not fit becomes 0 or "in 2106".
inline stamp saturated(seconds s) noexcept {
    return static_cast<stamp>(std::clamp<std::int64_t>(s.count(), 0, std::numeric_limits<stamp>::max()));
}
inline stamp later(stamp t, stamp by) noexcept {
    return t + std::min(by, std::numeric_limits<stamp>::max() - t);
}
inline stamp to_stamp(time_point t) noexcept {
    return saturated(t.time_since_epoch());
}
inline time_point to_time(stamp t) noexcept {
    return time_point{seconds{t}};
}

// How long sessions of one kind live; in seconds.
struct lifetime {
    lifetime(seconds idle_timeout, seconds absolute_timeout) noexcept
        : idle(saturated(idle_timeout)), absolute(saturated(absolute_timeout)), touch(std::min<stamp>(60, idle / 20)) {}

    stamp idle;
    stamp absolute;
    stamp touch;  // last_seen moves in steps of at least this much
};

// Ordinary and remembered sessions have limits of their own (requirement T4).
struct lifetimes {
    explicit lifetimes(const session_options& o) noexcept
        : ordinary(o.idle_timeout, o.absolute_timeout),
          remembered(o.remembered_idle_timeout, o.remembered_absolute_timeout) {}

    const lifetime& of(bool is_remembered) const noexcept { return is_remembered ? remembered : ordinary; }

    lifetime ordinary;
    lifetime remembered;
};

// Aligned so that a record never spans more than two cache lines.
struct alignas(32) session_record {
    // `entry` as of a session that somebody may have used until `now`, but not later.
    session_record(const journal_entry& entry, const profile_ptr& u, text_pool::id agent, stamp now) noexcept
        : token_hash(entry.key),
          id(entry.id),
          ip(entry.ip),
          user(u),
          user_agent(agent),
          created(to_stamp(entry.created_at)),
          authenticated(to_stamp(entry.authenticated_at)),
          last_seen(std::min(to_stamp(entry.last_seen_at), now)),
          expires(to_stamp(entry.expires_at)),
          remembered(entry.remembered) {}

    const session_key& key() const noexcept { return token_hash; }
    // Already uniformly random, see session_key. The shard number is taken from another word.
    static std::uint32_t key_bits(const session_key& k) noexcept { return static_cast<std::uint32_t>(k.word(0)); }

    stamp idle_expires(const lifetimes& limits) const noexcept {
        return std::min(expires, later(last_seen, limits.of(remembered).idle));
    }
    // Dead from the second of its expiry on.
    bool dead(stamp now, const lifetimes& limits) const noexcept { return ended || now >= idle_expires(limits); }

    // Notes activity of a session that lives. Never called on a dead one, so that it cannot revive it.
    void touch(stamp now, const lifetimes& limits) noexcept {
        if (now > last_seen && now - last_seen >= limits.of(remembered).touch) {
            last_seen = now;
            moved = true;
        }
    }

    latchkey::last_seen seen() const noexcept { return {id, to_time(last_seen), user->id}; }

    session copy(const lifetimes& limits) const {
        return {id,
                user,
                to_time(created),
                to_time(authenticated),
                to_time(last_seen),
                to_time(idle_expires(limits)),
                to_time(expires),
                remembered,
                ip};
    }

    session_key token_hash;
    public_id id;
    client_address ip;
    profile_ptr user;
    text_pool::id user_agent;
    stamp created;
    stamp authenticated;
    stamp last_seen;
    stamp expires;
    bool remembered;
    bool moved = false;    // last_seen is later than the journal knows
    bool pending = false;  // the login is not durable yet
    bool ended = false;    // died by limits that are not in force any more: stays dead
};
static_assert(sizeof(session_record) == 96);

}  // namespace latchkey
