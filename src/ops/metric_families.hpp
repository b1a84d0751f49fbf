// The metric families of each part of the server. docs/metrics.md lists them all; a test holds it to that.
#pragma once

#include "counting_audit.hpp"
#include "metric_writer.hpp"

#include <latchkey/stats.hpp>
#include <latchkey/throttle.hpp>

#include <optional>

namespace latchkey {

void write_http(metric_writer& to, const http_stats& http);
void write_events(metric_writer& to, const counting_audit& events);
void write_sessions(metric_writer& to, const session_stats& sessions);
// Those of the hashing pool and of the database's, as far as there are numbers.
void write_queues(metric_writer& to, const std::optional<queue_stats>& hashing,
                  const std::optional<queue_stats>& database);
void write_throttle(metric_writer& to, const throttle_stats& throttle);
void write_redis(metric_writer& to, const redis_stats& redis);
void write_tokens(metric_writer& to, const token_stats& tokens);
// `started`: Unix time.
void write_process(metric_writer& to, double started);

}  // namespace latchkey
