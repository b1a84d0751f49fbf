// D6: SIGTERM. The probe says no first, what is in flight finishes, and nobody's connection is torn.
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <csignal>
#include <thread>

namespace latchkey::test {
namespace {

// A login that takes some tenths of a second.
server_setup slow_logins() {
    server_setup setup;
    setup.users = {alice()};
    setup.config["password.memory"] = "\"64MiB\"";
    setup.config["password.iterations"] = "8";
    setup.config["password.workers"] = "1";
    return setup;
}

// Asks on new connections until one is not told that the server is ready. What it was told; 0: it was refused.
int first_probe_that_fails(const latchkey_server& server) {
    for (const deadline until; !until.passed();) {
        try {
            auto client = server.connect();
            const auto status = client.ask(get("/health/ready")).status;
            if (status != 200)
                return status;
        } catch (const std::system_error&) {
            return 0;
        } catch (const connection_ended&) {
            return 0;
        }
    }
    return 200;
}

TEST(drain, readiness_goes_first_and_a_login_in_flight_finishes) {
    latchkey_server server(slow_logins());
    auto login = server.connect();
    login.send(login_request(alice()).wire());
    auto half = server.connect();  // a request that has begun
    half.send("GET /health/ready HTTP/1.1\r\nHost: h\r\n");
    EXPECT_EQ(server.ask(get("/health/ready")).status, 200);

    server.process().send_signal(SIGTERM);
    EXPECT_EQ(first_probe_that_fails(server), 503) << "a load balancer must be told before connections are refused";

    half.send("\r\n");
    const auto not_ready = half.read_response();
    EXPECT_EQ(not_ready.status, 503);
    EXPECT_EQ(not_ready["Connection"], "close");

    const auto answer = login.read_response();
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(cookie_of(answer).size(), 43U);
    EXPECT_EQ(server.process().wait(deadline(std::chrono::seconds(10))), 0);
}

TEST(drain, idle_connections_are_closed_and_hold_nothing_up) {
    latchkey_server server;
    std::vector<raw_client> idle;
    for (int i = 0; i < 20; ++i) {
        idle.push_back(server.connect());
        if (i % 2 == 0) {
            EXPECT_EQ(idle.back().ask(get("/health/alive")).status, 200);
        }
    }
    auto half = server.connect();  // one that never finishes its request
    half.send("GET /health/alive HTTP/1.1\r\n");
    server.process().send_signal(SIGTERM);
    for (auto& client : idle) {
        EXPECT_EQ(client.read_to_end(), "");
        EXPECT_FALSE(client.was_reset());
    }
    EXPECT_EQ(server.process().wait(deadline(std::chrono::seconds(10))), 0);
}

// What became of the requests of a client that keeps connections open and opens new ones, until it is refused.
struct tally {
    std::atomic<int> answered{0};
    std::atomic<int> torn{0};        // the answer broke off
    std::atomic<int> unanswered{0};  // on a connection that had been answered before and not been announced to close
    std::atomic<int> lost{0};        // the first request of a new connection
};

void keep_asking(const latchkey_server& server, const http_request& request, tally& count) {
    for (;;) {
        bool first = true;
        try {
            for (auto client = server.connect();;) {
                const auto response = client.ask(request);
                ASSERT_EQ(response.status, 200);
                ++count.answered;
                first = false;
                if (iequals(response["Connection"], "close"))
                    break;
            }
        } catch (const connection_ended& end) {
            ++(end.within_response ? count.torn : first ? count.lost : count.unanswered);
        } catch (const std::system_error&) {
            return;  // nobody listens any more
        }
    }
}

// D6 under load: every request on an open connection is answered, whole, until the server has said that it closes, and
// whoever connects is either served or refused, never reset.
TEST(drain, no_connection_is_torn_under_load) {
    latchkey_server server;
    const auto request = get("/sessions/whoami", with_cookie(server.login(alice())));
    tally count;
    std::vector<std::thread> clients;
    for (int i = 0; i < 6; ++i)
        clients.emplace_back([&] { keep_asking(server, request, count); });
    for (const deadline until; count.answered < 500 && !until.passed();)
        std::this_thread::yield();
    server.process().send_signal(SIGTERM);
    EXPECT_EQ(server.process().wait(deadline(std::chrono::seconds(10))), 0);
    for (auto& thread : clients)
        thread.join();
    EXPECT_GE(count.answered, 500);
    EXPECT_EQ(count.torn, 0);
    EXPECT_EQ(count.unanswered, 0);
    EXPECT_EQ(count.lost, 0);
}

TEST(drain, sigint_does_the_same) {
    latchkey_server server;
    auto client = server.connect();
    client.ask(get("/health/alive"));
    server.process().send_signal(SIGINT);
    EXPECT_EQ(server.process().wait(deadline(std::chrono::seconds(10))), 0);
}

TEST(drain, a_restart_works_at_once) {
    latchkey_server server;
    const auto cookie = server.login(alice());
    EXPECT_EQ(server.stop(), 0);
    EXPECT_THROW(server.connect(), std::system_error);
    server.start();
    EXPECT_EQ(server.ask(login_request(alice())).status, 200);
    server.kill();
    server.start();
    EXPECT_EQ(server.ask(login_request(alice())).status, 200);
}

}  // namespace
}  // namespace latchkey::test
