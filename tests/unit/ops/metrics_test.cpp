// What Prometheus is told, to the letter where it matters.
#include "metrics_fixture.hpp"

#include <gmock/gmock.h>

namespace latchkey {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::Pair;

class metric_text : public ::testing::Test {
protected:
    testing::quiet_audit sink_;
    counting_audit events_{sink_};
    testing::losing_log log_;
};

TEST_F(metric_text, numbers_stand_under_their_labels) {
    const auto shown = make_metrics(testing::all_sources(events_, log_));
    EXPECT_EQ(shown->content_type(), "text/plain; version=0.0.4; charset=utf-8");
    const auto told = testing::samples_of(shown->expose());
    const std::pair<const char*, const char*> expected[] = {
        {"latchkey_checks_total{adapter=\"auth_request\",outcome=\"pass\"}", "11"},
        {"latchkey_http_responses_total{route=\"login\",status=\"4xx\"}", "5"},
        {"latchkey_http_refusals_total{code=\"not_found\"}", "6"},
        {"latchkey_connections_open{site=\"public\"}", "4"},
        {"latchkey_connections_limit{site=\"admin\"}", "256"},
        {"latchkey_connections_refused_total{site=\"public\",reason=\"total\"}", "1"},
        {"latchkey_sessions_live", "21"},
        {"latchkey_sessions_ended_total{reason=\"signed_out\"}", "10"},
        {"latchkey_sessions_ended_total{reason=\"over_cap\"}", "3"},
        {"latchkey_journal_failures_total{operation=\"upkeep\"}", "2"},
        {"latchkey_pool_queue_depth{pool=\"hash\"}", "3"},
        {"latchkey_pool_refused_total{pool=\"database\",reason=\"too_late\"}", "5"},
        {"latchkey_throttle_refused_total{key=\"pair\"}", "1"},
        {"latchkey_throttle_refused_total{key=\"device\"}", "4"},
        {"latchkey_throttle_memory_bytes", "65536"},
        {"latchkey_tokens_issued_total", "12"},
        {"latchkey_token_refreshes_total{outcome=\"replayed\"}", "1"},
        {"latchkey_log_lines_dropped_total", "7"},
        {"latchkey_redis_up{connection=\"commands\"}", "1"},
        {"latchkey_redis_up{connection=\"news\"}", "0"},
        {"latchkey_redis_commands_total{connection=\"news\"}", "31"},
        {"latchkey_redis_failures_total{connection=\"commands\"}", "2"},
        {"latchkey_redis_connections_total{connection=\"news\"}", "4"},
        {"latchkey_redis_cache_lookups_total{outcome=\"hit\"}", "50"},
        {"latchkey_redis_cache_lookups_total{outcome=\"miss\"}", "6"},
        {"latchkey_redis_cache_lookups_total{outcome=\"stale\"}", "7"},
        {"latchkey_redis_cache_drops_total", "8"},
        {"latchkey_redis_outage_checks_total", "9"},
        {"latchkey_redis_news_total", "10"},
        {"latchkey_redis_reads_refused_total", "13"},
        {"latchkey_redis_news_age_seconds", "0.25"},
    };
    for (const auto& [name, value] : expected)
        EXPECT_THAT(told, Contains(Pair(name, value)));
    EXPECT_THAT(told, Contains(Key(MatchesRegex("latchkey_build_info.version=\"1.2.3\",compiler=\"(gcc|clang) .*"))));
}

TEST_F(metric_text, histograms_are_cumulative) {
    const auto told = testing::samples_of(make_metrics(testing::all_sources(events_, log_))->expose());
    const std::string name = "latchkey_http_request_duration_seconds";
    const auto bucket = [&](const std::string& le) {
        return told.at(name + "_bucket{route=\"login\",le=\"" + le + "\"}");
    };
    EXPECT_EQ(std::stod(bucket("0.1")), 2) << name;
    EXPECT_EQ(std::stod(bucket("1")), 5);
    EXPECT_EQ(std::stod(bucket("+Inf")), 9);
    EXPECT_EQ(told.at(name + "_count{route=\"login\"}"), "9");
    EXPECT_EQ(told.at(name + "_sum{route=\"login\"}"), "12.5");
}

TEST_F(metric_text, what_has_no_source_is_not_there) {
    const auto types = testing::types_in(make_metrics({})->expose());
    EXPECT_THAT(types, Contains(Key("latchkey_build_info")));
    EXPECT_THAT(types, Contains(Key("process_open_fds")));
    for (const auto& [name, type] : types)
        EXPECT_THAT(name, Not(MatchesRegex("latchkey_(http|checks|sessions|pool|throttle|logins|log|redis)_.*")));
}

TEST_F(metric_text, the_process_is_told_of) {
    const auto told = testing::samples_of(make_metrics({})->expose());
    for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes",
                             "process_virtual_memory_bytes", "process_open_fds", "process_max_fds",
                             "process_start_time_seconds", "latchkey_wall_clock_seconds", "latchkey_uptime_seconds"})
        EXPECT_GT(std::stod(told.at(name)), 0) << name;
}

TEST(counted_events, pass_through_and_are_counted_by_type_and_outcome) {
    testing::quiet_audit sink;
    counting_audit events(sink);
    const auto happen = [&](std::string_view type, bool success, std::string_view reason) {
        audit_event event;
        event.type = type;
        event.success = success;
        event.reason = reason;
        event.email = "canary@example.com";
        events.record(event);
    };
    happen("login", true, "");
    happen("login", true, "");
    happen("login", false, "throttled");
    happen("logout", true, "");
    happen("user_changed", true, "groups");
    happen("something\nnew", false, "odd \"reason\"");
    // L1: nobody can tell from the numbers which accounts there are.
    for (const char* reason : {"unknown_user", "wrong_password", "disabled", "no_password"})
        happen("login", false, reason);
    EXPECT_EQ(sink.heard, 10);

    metric_sources parts;
    parts.events = &events;
    const auto text = make_metrics(std::move(parts))->expose();
    const auto told = testing::samples_of(text);
    EXPECT_EQ(told.at("latchkey_logins_total{outcome=\"success\"}"), "2");
    EXPECT_EQ(told.at("latchkey_logins_total{outcome=\"throttled\"}"), "1");
    EXPECT_EQ(told.at("latchkey_logins_total{outcome=\"invalid_credentials\"}"), "4");
    EXPECT_EQ(told.at("latchkey_logins_total{outcome=\"overloaded\"}"), "0") << "there from the start, for rate()";
    EXPECT_EQ(told.at("latchkey_account_events_total{event=\"logout\",outcome=\"success\"}"), "1");
    EXPECT_EQ(told.at("latchkey_account_events_total{event=\"user_changed\",outcome=\"success\"}"), "1");
    EXPECT_EQ(told.at("latchkey_account_events_total{event=\"other\",outcome=\"other\"}"), "1");
    for (const char* never : {"unknown_user", "wrong_password", "disabled", "canary", "odd"})
        EXPECT_THAT(text, Not(HasSubstr(never)));
}

}  // namespace
}  // namespace latchkey
