// Where sessions live. Implemented by src/store: a sharded table in memory, alone or with a journal in the database.
//
// "Not found" is no error, ending is idempotent, and an error means that the store failed and the answer is unknown:
// nobody may read it as "no session". A dead session is dead at find(), swept or not. With a journal, everything that
// begins, ends or rotates a session is durable before its task completes; when that fails (errc::store_unavailable)
// nothing has changed. All members may be called from every io thread.
#pragma once

#include <latchkey/async.hpp>
#include <latchkey/config.hpp>
#include <latchkey/session.hpp>
#include <latchkey/stats.hpp>

#include <cstddef>
#include <optional>
#include <span>
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

// A place in the row of all sessions, which are ordered by the store as it likes.
struct session_cursor {
    public_id user;
    public_id session;
    friend bool operator==(const session_cursor&, const session_cursor&) = default;
};

struct session_page {
    std::vector<listed_session> sessions;
    std::optional<session_cursor> next;  // hand it to page() for what follows; empty at the end
};

// For this long after a rotation the key before it still says which session was meant, though it opens nothing: a
// client that never saw the answer can try again, or sign out.
inline constexpr seconds rotation_grace{60};

// Why a session gets another key.
enum class rotation_cause {
    password_given,  // the user proved who they are just now
    refreshed,       // the holder of the key goes on with the next one
};

// What the holder of an old key held, and for how long not any more.
struct rotated_session {
    session value;
    seconds ago{};
};

// What was looked for: nothing where there is no live session.
using maybe_session = std::optional<session>;

class session_store {
public:
    virtual ~session_store() = default;

    // The live session behind `key`, or nothing. Touches it: last_seen_at moves at most every touch granularity
    // (60 s or a twentieth of the idle time-out, whichever is less). The check path: no allocation, no system call.
    virtual task<result<maybe_session>> find(const session_key& key) = 0;

    // The same, where it needs no waiting. Null: it does, and nothing was done.
    virtual std::optional<maybe_session> find_at_once(const session_key&) noexcept { return std::nullopt; }

    // find_at_once() will be called with these keys: what it reads for them comes into this core's cache, for all at
    // the same time. Worth it where they are several. Changes nothing.
    virtual void fetch(std::span<const session_key>) noexcept {}

    // This live session of this user, or nothing; touches it likewise. For callers that were shown a proof of ours
    // which names the session. No allocation, no system call.
    virtual task<result<maybe_session>> find(const public_id& user, const public_id& id) = 0;
    virtual std::optional<maybe_session> find_at_once(const public_id&, const public_id&) noexcept {
        return std::nullopt;
    }

    // The live session that `key` opened until it was rotated, less than rotation_grace ago, and how long ago that was.
    // Does not touch it.
    virtual task<result<std::optional<rotated_session>>> find_rotated(const session_key& key) = 0;

    // Starts a session now. All sessions of a user share one profile: unless it is older than theirs (see
    // user_profile::version), those that are there already show `fresh.user` from then on as well. Beyond
    // session.max_per_user the user's oldest sessions end. errc::session_limit beyond session.max_total. `key` is fresh
    // random data: a collision is a bug and answers errc::store_unavailable, and so does a session that was ended again
    // before it was durable. `displaced`, unless null, gets the ids of the sessions that ended for it.
    virtual task<result<session>> insert(const session_key& key, const new_session& fresh,
                                         std::vector<public_id>* displaced = nullptr) = 0;

    // Gives the live session behind `key` the key `fresh` in its place: id and creation stay, last_seen_at moves.
    // Nothing when there is no such session.
    // password_given: authenticated_at moves, too. `key` may also be one that find_rotated() knows; the key that was
    // good until now is then rotated away.
    // refreshed: authenticated_at stays. `key` is the present one, else nothing happens: of those who come with the
    // same key, one gets the session, and find_rotated() knows the key for the others by the time they have their
    // answer. They may all bring the same `fresh`.
    virtual task<result<std::optional<session>>> rotate(const session_key& key, const session_key& fresh,
                                                        rotation_cause cause = rotation_cause::password_given) = 0;

    // Ends the session behind `key`, or behind what `key` was rotated into less than rotation_grace ago; what ended, or
    // nothing when there was no live one.
    virtual task<result<std::optional<session>>> erase(const session_key& key) = 0;

    // Ends this session of this user; nothing when the user has none with that id.
    virtual task<result<std::optional<session>>> erase(const public_id& user, const public_id& id) = 0;

    // The same for a caller that knows only the id. Slow: looks through all sessions.
    virtual task<result<std::optional<session>>> erase_anyones(const public_id& id) = 0;

    // Ends every session that the user has now, but `spare`; how many live ones there were.
    virtual task<result<std::size_t>> erase_user(const public_id& user, std::optional<public_id> spare = {}) = 0;

    // The user's live sessions, newest first. Does not touch them.
    virtual task<result<std::vector<listed_session>>> list(const public_id& user) = 0;

    // Up to `limit` (1 to 1,000) live sessions behind `after`. Stable under change: no session that stays is skipped or
    // told twice. Does not touch them.
    virtual task<result<session_page>> page(std::optional<session_cursor> after, std::size_t limit) = 0;

    // The user's sessions show this picture from now on, unless theirs is newer.
    virtual task<result<void>> refresh(profile_ptr user) = 0;

    // Time-outs and caps, from now on. What is dead by the old ones stays dead; absolute ends that are set stay.
    // `store` is not looked at.
    virtual void configure(const session_options& options) = 0;

    // Live and not yet swept sessions. Approximate while others change it.
    virtual std::size_t size() const noexcept = 0;

    // What was counted since the start; what was loaded then was not created.
    virtual session_stats stats() const { return {}; }

    // Removes what expired from one shard, in rotation; some of it at a time, so that checks that share the core wait
    // for a millisecond or two. True: there is more, and it is to be called again soon; else in a second. May only
    // begin what it does.
    virtual bool sweep() noexcept = 0;

    // Whether it can answer now. What it is made of may be elsewhere.
    virtual bool ready() const noexcept { return true; }

    // Writes what is left to write and ends what works in the background; whoever waits is answered first. Nothing may
    // be asked of the store any more. Idempotent; to be called before an io_context of a caller goes.
    virtual void stop() noexcept {}
};

}  // namespace latchkey
