// The session store over Redis, for several servers that share it, with a table in memory that answers checks.
//
// A check whose session is in the table costs what it costs without Redis, as long as the last word from there is no
// older than redis.max_staleness; otherwise it asks. What begins, rotates and ends a session is one script in Redis and
// asks always. While Redis does not answer, everything that must ask is errc::store_unavailable; redis.on_outage =
// "serve_cached" lets the table answer on for redis.outage_limit. What Redis loses is lost: how much that can be is a
// matter of its configuration.
#pragma once

#include "redis_client.hpp"
#include "revocation_log.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/log.hpp>
#include <latchkey/session_store.hpp>
#include <latchkey/stats.hpp>

#include <cstddef>
#include <memory>

namespace latchkey {

struct redis_session_store_options {
    session_options sessions;
    redis_options redis;          // url, password and certificates stand in `client`
    redis_client_options client;  // for each connection; its name is not looked at
    bool remote_user_is_email = false;
};

class redis_session_store : public session_store {
public:
    // What sweep() begins in the background, with an end: sends when sessions were used, and clears a thousand at most
    // of those in Redis that expired. How many it cleared away.
    virtual task<result<std::size_t>> upkeep() = 0;
    virtual redis_stats redis() const = 0;
    // For others who keep something in the same Redis, under other keys of the prefix. Stopped by stop().
    virtual redis_client& commands() noexcept = 0;
};

// Begins to connect, and does not wait for it: until then everything is errc::store_unavailable. What others end is
// added to `revoked`, unless null, too; all that is given outlives the store. Throws what redis_client() throws.
std::unique_ptr<redis_session_store> make_redis_session_store(redis_session_store_options options, const clock& now,
                                                              logger& log, revocation_log* revoked = nullptr);

}  // namespace latchkey
