// Which sessions were ended on purpose while access tokens of theirs may still be alive: for services that check tokens
// alone, and for the feed that tells them.
//
// Filled by the session store (src/store): a session stands here before whoever ended it has an answer, after its end
// is durable and dead in the table. A session that expired or got another key is none of these. Bounded: when too many
// are alive the oldest go, and who has not read them yet is told so. All members may be called from every thread.
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/user.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace latchkey {

struct revocation {
    std::uint64_t number = 0;  // ascending, also from one run of the server to the next; below 2^53
    public_id session;
    time_point until;  // no access token of the session lives longer
};

struct revocation_list {
    std::vector<revocation> entries;  // that are still alive, ascending
    std::uint64_t version = 0;        // the position behind them, for since()
    bool complete = true;             // false: some that are alive are missing here, and the reader never saw them
};

class revocations {
public:
    virtual ~revocations() = default;

    // The number of the newest. Changes whenever a session was added, and with every start of the server.
    virtual std::uint64_t version() const noexcept = 0;

    // All that are alive. Throws std::bad_alloc, as since() does.
    virtual revocation_list snapshot() const = 0;

    // The first `limit` of what came behind `position`, which is the version of an earlier answer or the number of an
    // entry. From the beginning when it is none of this run's: a reader that adds that to what it had misses nothing
    // either, if it is complete.
    virtual revocation_list since(std::uint64_t position, std::size_t limit = SIZE_MAX) const = 0;

    // Calls `added`, which must neither throw nor block nor subscribe, after every addition, on the thread of whoever
    // ended the session. Gives a number for unsubscribe(). Throws std::bad_alloc.
    virtual std::uint64_t subscribe(std::function<void()> added) = 0;

    // When it returns, the callback does not run and never will again. Not to be called by one.
    virtual void unsubscribe(std::uint64_t subscription) noexcept = 0;
};

}  // namespace latchkey
