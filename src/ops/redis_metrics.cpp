// The connections to Redis, and the table that answers checks in its place.
#include "metric_families.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace latchkey {

void write_redis(metric_writer& to, const redis_stats& redis) {
    using connection = std::pair<std::string_view, const redis_client_stats*>;
    const std::array<connection, 2> connections{connection{"commands", &redis.commands},
                                                connection{"news", &redis.follower}};
    const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t redis_client_stats::*value) {
        to.counter(name, help);
        for (const auto& [label, stats] : connections)
            to.add(stats->*value, {{"connection", label}});
    };
    to.gauge("latchkey_redis_up", "Whether the connection to Redis stands: 1 or 0.");
    for (const auto& [label, stats] : connections)
        to.add(stats->up ? 1.0 : 0.0, {{"connection", label}});
    counter("latchkey_redis_commands_total", "Commands that were sent to Redis.", &redis_client_stats::commands);
    counter("latchkey_redis_failures_total", "Commands that Redis did not answer, or that were refused unsent.",
            &redis_client_stats::failures);
    counter("latchkey_redis_connections_total", "Connections to Redis that were made.",
            &redis_client_stats::connections);
    to.counter("latchkey_redis_cache_lookups_total", "Checks of sessions, by whether the table could answer.")
        .add(redis.cache_hits, {{"outcome", "hit"}})
        .add(redis.cache_misses, {{"outcome", "miss"}})
        .add(redis.cache_stale, {{"outcome", "stale"}});
    to.counter("latchkey_redis_cache_drops_total", "How often the whole table was emptied.").add(redis.cache_dropped);
    to.counter("latchkey_redis_outage_checks_total", "Checks that the table answered while Redis was away.")
        .add(redis.served_in_outage);
    to.counter("latchkey_redis_reads_refused_total", "Checks refused because too many asked Redis at a time.")
        .add(redis.reads_refused);
    to.counter("latchkey_redis_news_total", "Changes of sessions that Redis told of.").add(redis.news);
    to.gauge("latchkey_redis_news_age_seconds", "How old the last word from Redis is.").add(redis.news_age_seconds);
}

}  // namespace latchkey
