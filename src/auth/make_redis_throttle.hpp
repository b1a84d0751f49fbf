// The throttle of servers that share a Redis: one budget for all of them, exact however many attempts reach them at
// once.
//
// An attempt is decided and counted by one script there. A Redis that does not answer, or is full, admits nobody:
// errc::store_unavailable. What is refused is believed for a second here, so that a flood of refused attempts asks
// Redis about once a second for each (client, account); an administrator's clear() is in force on the other servers
// after that second. There is room for `memory` / 320 entries, the same number of each kind; beyond that those of the
// kind give way that are forgotten soonest.
#pragma once

#include <latchkey/config.hpp>
#include <latchkey/log.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/throttle.hpp>

#include <memory>
#include <string>

namespace latchkey {

class redis_client;

// `key`: as for make_throttle(), and the same on all servers. `client` and what else is referred to outlive it; what
// succeeded() and forgive() began is done on the client's thread, also after it has gone. Throws std::bad_alloc.
std::unique_ptr<throttle> make_redis_throttle(redis_client& client, std::string prefix, const throttle_options& options,
                                              const secret& key, const clock& time, logger& log);

}  // namespace latchkey
