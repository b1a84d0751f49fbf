// Metrics of a server that has everything, and a reader of what they look like.
#pragma once

#include "make_metrics.hpp"

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace latchkey::testing {

struct quiet_audit final : audit_sink {
    void record(const audit_event&) noexcept override { ++heard; }
    int heard = 0;
};

struct losing_log final : logger {
    void write(log_level, std::string_view, std::initializer_list<log_field>) noexcept override {}
    std::uint64_t dropped() const noexcept override { return 7; }
};

inline distribution some_times() {
    return {{0.1, 1}, {2, 3, 4}, 12.5};
}

inline queue_stats some_queue() {
    queue_stats out;
    out.waiting = 3;
    out.running = 2;
    out.room = 64;
    out.threads = 2;
    out.done = 9;
    out.refused_full = 1;
    out.refused_displaced = 4;
    out.refused_too_late = 5;
    out.wait_seconds = out.run_seconds = some_times();
    return out;
}

inline http_stats some_http() {
    http_stats out;
    out.checks = {{"auth_request", "pass", 11}};
    out.check_seconds = some_times();
    out.responses = {{"login", "4xx", 5}};
    out.refusals = {{"not_found", 6}};
    out.durations = {{"login", some_times()}};
    out.sites = {{"public", 4, 100, 12, {{"total", 1}}}, {"admin", 1, 256, 2, {{"total", 0}}}};
    return out;
}

inline session_stats some_sessions() {
    session_stats out;
    out.live = 21;
    out.limit = 100;
    out.created = 40;
    out.rotated = 4;
    out.signed_out = 10;
    out.revoked = 5;
    out.over_cap = 3;
    out.expired = 1;
    out.journal = journal_stats{some_times(), some_times(), 1, 2};
    return out;
}

inline throttle_stats some_throttle() {
    throttle_stats out;
    out.slots = 1000;
    out.used = 10;
    out.bytes = 65536;
    out.admitted = 8;
    out.refused = {0, 1, 2, 3, 4};
    out.evicted = 5;
    return out;
}

inline redis_stats some_redis() {
    redis_stats out;
    out.commands = {30, 2, 3, true};
    out.follower = {31, 0, 4, false};
    out.cache_hits = 50;
    out.cache_misses = 6;
    out.cache_stale = 7;
    out.cache_dropped = 8;
    out.served_in_outage = 9;
    out.news = 10;
    out.reads_refused = 13;
    out.news_age_seconds = 0.25;
    return out;
}

inline metric_sources all_sources(const counting_audit& events, const logger& log) {
    metric_sources out;
    out.version = "1.2.3";
    out.http = some_http;
    out.sessions = some_sessions;
    out.hashing = some_queue;
    out.database = some_queue;
    out.throttle = some_throttle;
    out.redis = some_redis;
    out.tokens = [] { return token_stats{.issued = 12, .refreshed = 9, .repeated = 2, .replayed = 1}; };
    out.events = &events;
    out.log = &log;
    return out;
}

// "name{labels}" to its value, as written.
inline std::map<std::string, std::string> samples_of(const std::string& text) {
    std::map<std::string, std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        if (!line.empty() && line.front() != '#')
            out.emplace(line.substr(0, line.rfind(' ')), line.substr(line.rfind(' ') + 1));
    return out;
}

// The families' names to their types.
inline std::map<std::string, std::string> types_in(const std::string& text) {
    std::map<std::string, std::string> out;
    std::istringstream in(text);
    const std::regex type("# TYPE ([a-z_]+) ([a-z]+)");
    std::smatch found;
    for (std::string line; std::getline(in, line);)
        if (std::regex_match(line, found, type))
            out.emplace(found[1], found[2]);
    return out;
}

}  // namespace latchkey::testing
