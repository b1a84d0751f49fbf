// Checks, requests and connections.
#include "metric_families.hpp"

namespace latchkey {

void write_http(metric_writer& to, const http_stats& http) {
    to.counter("latchkey_checks_total", "Authorization checks, by the proxy's kind of question and what came of them.");
    for (const auto& one : http.checks)
        to.add(one.count, {{"adapter", one.adapter}, {"outcome", one.outcome}});
    to.histogram("latchkey_check_duration_seconds",
                 "From a complete check to its answer: a sample, one check in 1,024 on each core.")
        .add(http.check_seconds);
    to.counter("latchkey_http_responses_total", "Answers, by group of routes and class of status.");
    for (const auto& one : http.responses)
        to.add(one.count, {{"route", one.route}, {"status", one.status}});
    to.histogram("latchkey_http_request_duration_seconds",
                 "From a complete header to the answer, by group of routes; all but checks.");
    for (const auto& one : http.durations)
        to.add(one.seconds, {{"route", one.route}});
    to.counter("latchkey_http_refusals_total", "Refused requests, by the error code that they were told.");
    for (const auto& one : http.refusals)
        to.add(one.count, {{"code", one.code}});

    to.gauge("latchkey_connections_open", "Open connections, by listener.");
    for (const auto& site : http.sites)
        to.add(std::uint64_t{site.open}, {{"site", site.name}});
    to.gauge("latchkey_connections_limit", "How many connections may be open, by listener.");
    for (const auto& site : http.sites)
        to.add(std::uint64_t{site.limit}, {{"site", site.name}});
    to.counter("latchkey_connections_accepted_total", "Connections that were served, by listener.");
    for (const auto& site : http.sites)
        to.add(site.accepted, {{"site", site.name}});
    to.counter("latchkey_connections_refused_total",
               "Connections turned away at once: too many in all, of one client, or for the open files there may be.");
    for (const auto& site : http.sites)
        for (const auto& one : site.refused)
            to.add(one.count, {{"site", site.name}, {"reason", one.reason}});
}

}  // namespace latchkey
