// Worker pools and the process itself; the latter by the names that all Prometheus clients use.
#include "metric_families.hpp"
#include "process_stats.hpp"

#include <utility>
#include <vector>

namespace latchkey {

void write_queues(metric_writer& to, const std::optional<queue_stats>& hashing,
                  const std::optional<queue_stats>& database) {
    std::vector<std::pair<std::string_view, const queue_stats*>> pools;
    if (hashing)
        pools.emplace_back("hash", &*hashing);
    if (database)
        pools.emplace_back("database", &*database);
    if (pools.empty())
        return;
    const auto gauge = [&](std::string_view name, std::string_view help, std::size_t queue_stats::*value) {
        to.gauge(name, help);
        for (const auto& [pool, stats] : pools)
            to.add(std::uint64_t{stats->*value}, {{"pool", pool}});
    };
    const auto histogram = [&](std::string_view name, std::string_view help, distribution queue_stats::*value) {
        to.histogram(name, help);
        for (const auto& [pool, stats] : pools)
            to.add(stats->*value, {{"pool", pool}});
    };
    gauge("latchkey_pool_threads", "Threads of the pool.", &queue_stats::threads);
    gauge("latchkey_pool_running", "Jobs that a thread works on.", &queue_stats::running);
    gauge("latchkey_pool_queue_depth", "Jobs that wait for a thread.", &queue_stats::waiting);
    gauge("latchkey_pool_queue_limit", "How many jobs may wait.", &queue_stats::room);
    histogram("latchkey_pool_wait_seconds", "How long jobs waited for a thread.", &queue_stats::wait_seconds);
    histogram("latchkey_pool_run_seconds", "How long jobs took: for the pool \"hash\", one password each.",
              &queue_stats::run_seconds);
    to.counter("latchkey_pool_jobs_total", "Jobs done.");
    for (const auto& [pool, stats] : pools)
        to.add(stats->done, {{"pool", pool}});
    to.counter("latchkey_pool_refused_total", "Jobs refused, by why.");
    for (const auto& [pool, stats] : pools)
        to.add(stats->refused_full, {{"pool", pool}, {"reason", "full"}})
            .add(stats->refused_displaced, {{"pool", pool}, {"reason", "displaced"}})
            .add(stats->refused_too_late, {{"pool", pool}, {"reason", "too_late"}});
}

void write_process(metric_writer& to, double started) {
    const process_stats now = read_process_stats();
    to.counter("process_cpu_seconds_total", "CPU time, user and system.").add(now.cpu_seconds);
    to.gauge("process_resident_memory_bytes", "Resident memory.").add(now.resident_bytes);
    to.gauge("process_virtual_memory_bytes", "Virtual memory.").add(now.virtual_bytes);
    to.gauge("process_open_fds", "Open file descriptors.").add(now.open_files);
    to.gauge("process_max_fds", "How many file descriptors may be open.").add(now.most_files);
    to.gauge("process_start_time_seconds", "When the server started, as Unix time.").add(started);
}

}  // namespace latchkey
