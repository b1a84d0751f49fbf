// The journal: what makes the beginning, rotation and end of a session durable.
//
// Changes are committed in the order in which they were handed over, by one thread, and those that wait while it is
// busy share the next transaction and its fsync (group commit). Only key hashes are stored, never a token (requirement
// C4). Implemented over SQL by make_sql_session_journal(); tests have one of their own.
#pragma once

#include <latchkey/async.hpp>
#include <latchkey/config.hpp>
#include <latchkey/session.hpp>
#include <latchkey/stats.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace latchkey {

// A session as the journal keeps it.
struct journal_entry {
    public_id id;
    public_id user;
    session_key key;
    std::optional<session_key> rotated_from;  // the key before `key`, while a client may not know of the new one
    time_point rotated_at;                    // when there is a rotated_from
    bool remembered = false;
    client_address ip;
    std::string user_agent;
    time_point created_at;
    time_point authenticated_at;
    time_point last_seen_at;
    time_point expires_at;
};

// One change, done as a whole or not at all.
struct journal_change {
    struct rotation {
        public_id id;
        session_key from;  // does nothing unless this is the key in the journal
        session_key to;
        time_point at;
        session_key presented;       // what the client holds, and is kept as rotated_from: `from`, or a key before it
        bool password_given = true;  // authenticated_at moves
    };
    std::optional<journal_entry> insert;
    std::optional<rotation> rotate;
    std::vector<public_id> erase;          // unknown ids are no error
    std::optional<time_point> revoked_at;  // when set, the ids of `erase` are kept as revocations
};

// What a crash may lose.
struct last_seen {
    public_id id;
    time_point at;
    public_id user = {};
};

// A session that was ended on purpose; see revocations.hpp.
struct stored_revocation {
    public_id session;
    time_point at;
};

class session_journal {
public:
    virtual ~session_journal() = default;

    // Hands every stored session that may still live to `take`, oldest first, with its user as it is now, and forgets
    // the rest: expired ones (by today's idle limits and by those of the run before), and those of users who are gone
    // or disabled. Times are on this process's time line, also when the one before had another. Once, before any other
    // call. Throws std::runtime_error with a sentence for the operator.
    virtual void load(const std::function<void(const journal_entry&, const profile_ptr&)>& take) = 0;

    // Revocations are kept for this long; zero: those that come are not, and those that are there are left alone. Once,
    // before load(), or never: zero.
    virtual void keep_revocations(seconds how_long) noexcept = 0;
    // Those that load() found, oldest first. Once, after it.
    virtual std::vector<stored_revocation> kept_revocations() noexcept = 0;

    // Makes `change` durable. How many rows it touched: 0 for a rotation that met another key. Calls `queued`, which
    // must not throw, on the caller's thread at once after the change got its place in the order and before it can have
    // been committed or refused for the caller: what others do to a session after they saw it in the table is ordered
    // behind it. `change` must outlive the await. errc::store_unavailable: nothing has changed.
    virtual task<result<std::size_t>> commit(const journal_change& change, std::function<void()> queued = {}) = 0;

    // Told, on a thread of the journal's, which sessions it has, ascending, when what was committed may be something
    // else than what was answered: a database that is asked over a network may do what it cannot answer any more, or be
    // another after a failover. What it does not have is dead. Once, before load(), or never.
    virtual void when_in_doubt(std::function<void(const std::vector<public_id>& present)> /*told*/) {}

    // Soon, and without anybody waiting: ids that are dead anyway, and when sessions were last used. May be lost.
    virtual void forget_later(std::vector<public_id> dead) noexcept = 0;
    virtual void note_later(std::vector<last_seen> seen) noexcept = 0;

    // New idle limits are in force from now on; see load().
    virtual void configure(const session_options& options) noexcept = 0;

    virtual journal_stats stats() const { return {}; }

    // Writes what forget_later() and note_later() left and ends the thread. Waiting changes are committed first, later
    // ones refused. Idempotent.
    virtual void stop() noexcept = 0;
};

}  // namespace latchkey
