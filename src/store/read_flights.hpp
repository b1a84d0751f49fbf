// Reads of sessions that are under way: whoever wants one that somebody is reading already waits for that.
//
// Bounded, so that cookies that open nothing can't be made a crowd before Redis. All members may be called from every
// thread; nothing here outlives the coroutines that wait.
#pragma once

#include "mutex.hpp"
#include "redis_records.hpp"
#include "session_record.hpp"
#include "sleeper.hpp"

#include <latchkey/error.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace latchkey {

// What Redis said of a key: with the number of the last change that it knew of, and what was known here when it was
// asked.
struct session_read {
    std::optional<kept_session> found;
    std::uint64_t number = 0;
    std::uint64_t begun = 0;
    std::uint64_t births = 0;
};

class read_flights {
public:
    static constexpr std::size_t most = 4'096;

    // Somebody who waits, in that coroutine's frame.
    struct passenger {
        sleeper bed;
        result<session_read> outcome = errc::store_unavailable;
        passenger* next = nullptr;
    };

    enum class seat {
        pilot,      // it is for the caller to read, and to land() whatever comes
        passenger,  // somebody reads; `aboard` is woken
        none,       // too many are under way
    };
    // Throws std::bad_alloc.
    seat board(const session_key& key, passenger& aboard);
    void land(const session_key& key, const result<session_read>& outcome) noexcept;

private:
    struct key_hash {
        std::size_t operator()(const session_key& key) const noexcept { return static_cast<std::size_t>(key.word(3)); }
    };

    mutex mutex_;
    boost::unordered_flat_map<session_key, passenger*, key_hash> flights_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey
