// GET /metrics over real sockets: where it is, for whom, and what the server counts of itself meanwhile.
#include "cardboard_administrator.hpp"
#include "free_port.hpp"
#include "http_server.hpp"
#include "raw_client.hpp"
#include "temp_dir.hpp"

#include <gmock/gmock.h>

namespace latchkey::http {
namespace {

using test::get;
using test::raw_client;

struct three_lines final : metrics {
    std::string expose() const override { return "# TYPE a counter\na 1\n"; }
    std::string_view content_type() const noexcept override { return "text/plain; version=0.0.4; charset=utf-8"; }
};

class metrics_site : public ::testing::Test {
protected:
    void start(bool tcp, bool with_metrics = true) {
        options_.server.io_threads = 2;
        options_.server.listen = {"127.0.0.1:" + std::to_string(port_)};
        options_.server.admin_listen =
            tcp ? "127.0.0.1:" + std::to_string(admin_port_) : "unix:" + directory_ / "admin";
        if (!with_metrics)
            parts_.shown = nullptr;
        server_ = std::make_unique<http_server>(options_, std::make_shared<testing::members_only>(), parts_,
                                                secret(tcp ? "0123456789abcdef0123456789abcdef" : ""));
        server_->start();
    }
    raw_client admin() const { return raw_client::tcp(admin_port_); }
    std::uint64_t refused(std::string_view code) const {
        for (const auto& one : server_->stats().refusals)
            if (one.code == code)
                return one.count;
        ADD_FAILURE() << code;
        return 0;
    }
    std::uint64_t answered(std::string_view route, std::string_view status) const {
        for (const auto& one : server_->stats().responses)
            if (one.route == route && one.status == status)
                return one.count;
        ADD_FAILURE() << route << status;
        return 0;
    }

    const test::temp_dir directory_;
    const std::uint16_t port_ = test::free_port();
    const std::uint16_t admin_port_ = test::free_port();
    config options_;
    manual_clock time_;
    three_lines metrics_;
    testing::cardboard_administrator admins_;
    testing::no_reloads reloads_;
    testing::no_sessions sessions_;
    testing::no_logins logins_;
    testing::always_ready ready_;
    testing::no_audit audit_;
    testing::no_log log_;
    domain parts_{sessions_, logins_, admins_, reloads_, ready_, audit_, log_, time_, &metrics_};
    std::unique_ptr<http_server> server_;
};

// S4: on TCP this one alone is free, to read.
TEST_F(metrics_site, on_tcp_nobody_needs_a_token_to_read_them) {
    start(true);
    const auto answer = admin().ask(get("/metrics"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer["Content-Type"], "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_EQ(answer.body, "# TYPE a counter\na 1\n");
    EXPECT_EQ(answer["Cache-Control"], "no-store");
    EXPECT_EQ(admin().ask(get("/metrics?x=y")).status, 200);
    EXPECT_EQ(admin().ask(get("/metrics", {{"Accept", "application/openmetrics-text;version=1.0.0"}})).status, 200);
    EXPECT_EQ(admin().ask(get("/metrics", {{"Authorization", "Bearer wrong"}})).status, 200);
    const auto head = admin().ask({"HEAD", "/metrics", {}, {}});
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(head["Content-Length"], "21");
    for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
        EXPECT_EQ(admin().ask({method, "/metrics", {}, {}}).status, 401) << method;
    for (const char* target : {"/metrics/", "/metrics/admin/users", "/metricsx", "/admin/users", "//metrics",
                               "/METRICS", "/metrics%00", "/admin/users?/metrics"})
        EXPECT_EQ(admin().ask(get(target)).status, 401) << target;
}

// S4
TEST_F(metrics_site, the_public_has_none) {
    start(true);
    for (const char* method : {"GET", "HEAD", "POST"})
        EXPECT_EQ(raw_client::tcp(port_).ask({method, "/metrics", {}, {}}).status, 404) << method;
}

TEST_F(metrics_site, without_metrics_there_is_nothing) {
    start(true, false);
    EXPECT_EQ(admin().ask(get("/metrics")).status, 404);
}

TEST_F(metrics_site, what_is_answered_and_refused_is_counted_exactly) {
    start(false);
    auto client = raw_client::tcp(port_);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(client.ask(get("/health/alive")).status, 200);
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(client.ask(get("/nothing")).status, 404);
    EXPECT_EQ(client.ask(get("/api/authz/auth-request")).status, 401);
    EXPECT_EQ(client.ask(get("/sessions/whoami")).status, 401);
    EXPECT_EQ(answered("health", "2xx"), 3U);
    EXPECT_EQ(answered("none", "4xx"), 2U);
    EXPECT_EQ(answered("check", "4xx"), 1U);
    EXPECT_EQ(answered("session", "4xx"), 1U);
    EXPECT_EQ(refused("not_found"), 2U);
    EXPECT_EQ(refused("no_session"), 1U) << "a check's verdict is no refusal";
    for (const auto& one : server_->stats().checks)
        EXPECT_EQ(one.count, one.adapter == "auth_request" && one.outcome == "login" ? 1U : 0U);
    for (const auto& one : server_->stats().durations)
        if (one.route == "health")
            EXPECT_EQ(one.seconds.counts.size(), one.seconds.bounds.size() + 1);
    const auto sites = server_->stats().sites;
    EXPECT_EQ(sites[0].name, "public");
    EXPECT_EQ(sites[0].open, 1U);
    EXPECT_EQ(sites[0].accepted, 1U);
    EXPECT_EQ(sites[1].accepted, 0U);
}

// What never became a request is counted as well: a refusal without a route.
TEST_F(metrics_site, malformed_requests_are_counted) {
    start(false);
    auto client = raw_client::tcp(port_);
    client.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    client.read_to_end();
    EXPECT_EQ(refused("bad_request"), 1U);
    EXPECT_EQ(answered("none", "4xx"), 1U);
}

TEST_F(metrics_site, connections_too_many_are_counted) {
    options_.limits.max_connections = 2;
    start(false);
    std::vector<raw_client> crowd;
    for (int i = 0; i < 2; ++i) {
        crowd.push_back(raw_client::tcp(port_));
        EXPECT_EQ(crowd.back().ask(get("/health/alive")).status, 200);
    }
    EXPECT_EQ(raw_client::tcp(port_).ask(get("/health/alive")).status, 503);
    const auto people = server_->stats().sites[0];
    EXPECT_EQ(people.limit, 2U);
    EXPECT_EQ(people.refused[0].reason, "total");
    EXPECT_EQ(people.refused[0].count, 1U);
    EXPECT_EQ(people.accepted, 2U);
}

}  // namespace
}  // namespace latchkey::http
