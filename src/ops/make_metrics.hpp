// Metrics for Prometheus, from what the parts of the server have counted.
#pragma once

#include "counting_audit.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/log.hpp>
#include <latchkey/metrics.hpp>
#include <latchkey/stats.hpp>
#include <latchkey/throttle.hpp>

#include <functional>
#include <memory>
#include <string>

namespace latchkey {

// Where the numbers come from. Called at each scrape, on the thread that asks; all that is referred to must outlive the
// metrics. What is left empty does not appear.
struct metric_sources {
    std::string version;  // of the program
    std::function<http_stats()> http;
    std::function<session_stats()> sessions;
    std::function<queue_stats()> hashing;
    std::function<queue_stats()> database;
    std::function<throttle_stats()> throttle;
    std::function<redis_stats()> redis;   // none: sessions are elsewhere
    std::function<token_stats()> tokens;  // none: the token mode is off
    const counting_audit* events = nullptr;
    const logger* log = nullptr;
};

std::unique_ptr<metrics> make_metrics(metric_sources sources);

}  // namespace latchkey
