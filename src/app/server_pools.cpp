#include "server_pools.hpp"

#include "hash_memory.hpp"
#include "io_threads.hpp"

namespace latchkey {
namespace {

distribution distribution_of(const histogram_snapshot& from) {
    return {{from.bounds.begin(), from.bounds.end()}, {from.counts.begin(), from.counts.end()}, from.sum};
}

}  // namespace

worker_pool_options hashing_pool(const password_options& options) {
    worker_pool_options pool;
    pool.name = "latchkey-hash";
    pool.threads = options.workers != 0 ? options.workers : usable_cores();
    pool.queue = options.queue;
    pool.max_wait = options.max_wait;
    pool.priority = options.priority == "normal" ? thread_priority::normal
                    : options.priority == "idle" ? thread_priority::idle
                                                 : thread_priority::low;
    pool.idle_after = std::chrono::seconds(10);
    pool.when_idle = give_back_hash_memory;
    return pool;
}

worker_pool_options database_pool(const database_options& options) {
    return {"latchkey-sql", options.pool_size, 1024, thread_priority::normal};
}

queue_stats stats_of(const worker_pool& pool, const worker_pool_options& options) {
    const worker_pool_stats now = pool.stats();
    queue_stats out;
    out.waiting = now.waiting;
    out.running = now.running;
    out.room = options.queue;
    out.threads = options.threads;
    out.done = now.done;
    out.refused_full = now.refused_full;
    out.refused_displaced = now.refused_displaced;
    out.refused_too_late = now.refused_too_late;
    out.wait_seconds = distribution_of(now.wait);
    out.run_seconds = distribution_of(now.run);
    return out;
}

}  // namespace latchkey
