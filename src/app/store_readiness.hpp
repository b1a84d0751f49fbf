// Ready means: the user database answers.
#pragma once

#include "worker_pool.hpp"

#include <latchkey/readiness.hpp>
#include <latchkey/session_store.hpp>
#include <latchkey/user_store.hpp>

#include <memory>

namespace latchkey {

// Asks the store on the pool's threads. Both outlive the result.
std::unique_ptr<readiness> make_store_readiness(user_store& users, worker_pool& database,
                                                const session_store& sessions);

}  // namespace latchkey
