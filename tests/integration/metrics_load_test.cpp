// Metrics that are read while everybody is at work: nothing is counted twice, nothing goes back.
#include "admin_calls.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace latchkey::test {
namespace {

// What GET /metrics says of `name`, labels and all. Throws std::invalid_argument when that is nothing.
double told_of(const latchkey_server& server, const std::string& name) {
    const auto text = ask_admin(server, "GET", "/metrics").body;
    const auto at = text.find('\n' + name + ' ');
    return std::stod(at == std::string::npos ? "" : text.substr(at + 1 + name.size()));
}

TEST(metrics_load, are_read_while_everybody_is_at_work) {
    constexpr int clients = 3, each = 400;
    const std::string checks = R"(latchkey_checks_total{adapter="auth_request",outcome="login"})";
    const std::string sampled = "latchkey_check_duration_seconds_count";
    const latchkey_server server;
    std::atomic<int> done{0};
    std::vector<std::thread> crowd;
    for (int i = 0; i < clients; ++i)
        crowd.emplace_back([&] {
            auto client = server.connect();
            for (int n = 0; n < each; ++n)
                EXPECT_EQ(client.ask(get("/api/authz/auth-request", {{"X-Original-URL", "http://127.0.0.1/a"}})).status,
                          401);
            ++done;
        });
    for (double last = 0; done.load() < clients;) {
        const double now = told_of(server, checks);
        EXPECT_GE(now, last);
        last = now;
    }
    for (auto& one : crowd)
        one.join();
    EXPECT_EQ(told_of(server, checks), clients * each);
    EXPECT_LE(told_of(server, sampled), clients * each / 1024 + 4) << "one in 1,024 on each core";
}

}  // namespace
}  // namespace latchkey::test
