// The pools of a server: what the configuration makes of them, and what the metrics show of one.
#pragma once

#include "worker_pool.hpp"

#include <latchkey/config.hpp>
#include <latchkey/stats.hpp>

namespace latchkey {

worker_pool_options hashing_pool(const password_options& options);
worker_pool_options database_pool(const database_options& options);

// `options`: what `pool` was made by.
queue_stats stats_of(const worker_pool& pool, const worker_pool_options& options);

}  // namespace latchkey
