// Where sessions live. Implemented by src/store: a sharded table in memory.
//
// Four verbs. "Not found" is no error, ending is idempotent, and an error means that the store failed and the answer
// is unknown: nobody may read it as "no session". A dead session is dead at find(), swept or not. All members may be
// called from every io thread.
#pragma once

#include <latchkey/async.hpp>
#include <latchkey/session.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace latchkey {

struct new_session {
    public_id id;
    profile_ptr user;
    bool remembered = false;
    device client;
};

// A session with what only lists need.
struct listed_session {
    session value;
    std::string user_agent;
};

class session_store {
public:
    virtual ~session_store() = default;

    // The live session behind `key`, or nothing. Touches it: last_seen_at moves at most every touch granularity
    // (60 s or a twentieth of the idle time-out, whichever is less). The check path: no allocation, no system call.
    virtual task<result<std::optional<session>>> find(const session_key& key) = 0;

    // Starts a session now. All sessions of a user share one profile: when `fresh.user` says anything new, those that
    // are there already show it from then on as well. Beyond session.max_per_user the user's oldest session ends.
    // errc::session_limit beyond session.max_total. `key` is fresh random data: a collision is a bug and answers
    // errc::store_unavailable.
    virtual task<result<session>> insert(const session_key& key, const new_session& fresh) = 0;

    // Ends the session; what ended, or nothing when there was no live one.
    virtual task<result<std::optional<session>>> erase(const session_key& key) = 0;

    // Ends every session of the user; how many there were.
    virtual task<result<std::size_t>> erase_user(const public_id& user) = 0;

    // The user's live sessions, newest first. Does not touch them.
    virtual task<result<std::vector<listed_session>>> list(const public_id& user) = 0;

    // Live and not yet swept sessions. Approximate while others change it.
    virtual std::size_t size() const noexcept = 0;

    // Removes what expired from one shard, in rotation. Called by a timer; cheap enough for an io thread.
    virtual void sweep() noexcept = 0;
};

}  // namespace latchkey
