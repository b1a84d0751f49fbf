// E1, E2, E4: what slow clients, floods and a lack of descriptors do to the server, which is: not much.
#include "admin_calls.hpp"
#include "expectations.hpp"
#include "latchkey_server.hpp"
#include "process_probe.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace latchkey::test {
namespace {

using std::chrono::milliseconds;

// Limits far below the patience of the tests: what is asserted is that the server acts, not when.
class slow_clients : public testing::Test {
protected:
    static void SetUpTestSuite() {
        server_setup setup;
        setup.config["limits.header_timeout"] = "\"400ms\"";
        setup.config["limits.body_timeout"] = "\"400ms\"";
        setup.config["limits.write_timeout"] = "\"400ms\"";
        setup.config["limits.keepalive_timeout"] = "\"600ms\"";
        server_ = std::make_unique<latchkey_server>(setup);
    }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }

    // Sends `start` and then a byte at a time, each well within the limit, until the server has had enough.
    static std::string drip(const std::string& start) {
        auto client = server().connect();
        client.send(start);
        for (const deadline until; !until.passed();) {
            if (client.readable(milliseconds(50)))
                return client.read_to_end();
            client.send("x");
        }
        return "never ended";
    }

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

// E1
TEST_F(slow_clients, a_dripped_header_ends_at_an_absolute_deadline) {
    EXPECT_THAT(drip("GET /health/alive HTTP/1.1\r\nHost: h\r\nX: "), testing::StartsWith("HTTP/1.1 408 "));
    EXPECT_THAT(drip("GET /"), testing::StartsWith("HTTP/1.1 408 "));
}

// E1
TEST_F(slow_clients, a_dripped_body_ends_at_an_absolute_deadline) {
    EXPECT_THAT(
        drip("POST /login HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n"),
        testing::StartsWith("HTTP/1.1 408 "));
}

TEST_F(slow_clients, silence_after_the_header_ends_too) {
    auto client = server().connect();
    client.send("POST /login HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n");
    const auto response = client.read_response();
    expect_problem(response, 408, "request_timeout");
    EXPECT_EQ(response["Connection"], "close");
    EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(slow_clients, idle_connections_end_without_an_answer) {
    auto fresh = server().connect();
    EXPECT_EQ(fresh.read_to_end(), "");
    auto used = server().connect();
    EXPECT_EQ(used.ask(get("/health/alive")).status, 200);
    EXPECT_EQ(used.read_to_end(), "");
}

// The pages are the largest answers: enough of them fill every buffer between here and there.
TEST_F(slow_clients, a_reader_who_does_not_read_is_left) {
    auto client = server().connect({.from = {}, .receive_buffer = 4096});
    const auto request = get("/login").wire();
    std::string many;
    for (int i = 0; i < 4'000; ++i)
        many += request;
    client.send_some(many);
    EXPECT_TRUE(client.wait_for_hangup());
    EXPECT_EQ(server().ask(get("/health/alive")).status, 200);
}

// E1: held connections cost other clients nothing.
TEST_F(slow_clients, others_are_served_meanwhile) {
    std::vector<raw_client> held;
    for (int i = 0; i < 300; ++i) {
        held.push_back(server().connect());
        held.back().send("GET /health/alive HTTP/1.1\r\n");
    }
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(server().ask(get("/health/alive")).status, 200);
    for (auto& client : held)
        EXPECT_THAT(client.read_to_end(), testing::StartsWith("HTTP/1.1 408 "));
}

// E4
TEST(descriptors, running_out_is_survived_without_spinning) {
    server_setup setup;
    setup.max_open_files = 64;
    latchkey_server server(setup);
    const auto pid = server.process().pid();
    const auto before = open_files(pid);
    {
        std::vector<raw_client> many;
        many.push_back(server.connect());
        EXPECT_EQ(many.front().ask(get("/health/alive")).status, 200) << "this one is in before they run out";
        for (int i = 0; i < 150; ++i)
            many.push_back(server.connect());
        for (const deadline until; open_files(pid) < 60 && !until.passed();)
            many.front().readable(milliseconds(5));
        EXPECT_GE(open_files(pid), 60U) << "the descriptors were to run out";
        const auto start = cpu_time(pid);
        const deadline half_a_second(milliseconds(500));
        while (!half_a_second.passed())
            many.front().readable(milliseconds(half_a_second.left_ms()));
        EXPECT_LT(cpu_time(pid) - start, milliseconds(200)) << "of 500 ms on each of two threads: it spins";
        EXPECT_EQ(many.front().ask(get("/health/alive")).status, 200) << "those who are in are served";
    }
    for (const deadline until; open_files(pid) > before + 4 && !until.passed();)
        server.ask(get("/health/alive"));
    EXPECT_LE(open_files(pid), before + 4) << "descriptors leak";
    EXPECT_EQ(server.ask(login_request(alice())).status, 200);
}

// More clients than limits.max_connections: the surplus is refused, and room is found again.
TEST(max_connections, is_enforced_and_recovers) {
    server_setup setup;
    setup.config["limits.max_connections"] = "10";
    latchkey_server server(setup);
    {
        std::vector<raw_client> inside;
        int refused = 0;
        for (int i = 0; i < 30; ++i) {
            auto client = server.connect();
            try {
                const auto status = client.ask(get("/health/alive")).status;
                EXPECT_THAT((std::vector{200, 503}), testing::Contains(status));
                refused += status == 503 ? 1 : 0;
                if (status == 200)
                    inside.push_back(std::move(client));
            } catch (const connection_ended&) {
                ++refused;
            }
        }
        EXPECT_LE(inside.size(), 10U);
        EXPECT_GE(inside.size(), 5U);
        EXPECT_GE(refused, 20);
    }
    int status = 0;
    for (const deadline until; status != 200 && !until.passed();) {
        try {
            status = server.ask(get("/health/alive")).status;
        } catch (const connection_ended&) {
        }
    }
    EXPECT_EQ(status, 200);
}

// E2: one worker, and logins that keep it busy for a while.
class login_flood : public testing::Test {
protected:
    struct outcome {
        int served = 0, refused = 0;
    };

    void start(const std::string& queue, const std::string& max_wait) {
        server_setup setup;
        setup.config["password.memory"] = "\"64MiB\"";
        setup.config["password.iterations"] = "4";
        setup.config["password.workers"] = "1";
        setup.config["password.priority"] = "\"normal\"";  // it gets its turn on a busy machine too
        setup.config["password.queue"] = queue;
        setup.config["password.max_wait"] = '"' + max_wait + '"';
        server_ = std::make_unique<latchkey_server>(setup);
        cookie_ = log_in();
    }
    // Where the machine itself is busy, even a lone login may have to wait too long for the worker.
    std::string log_in() const {
        for (const deadline until;;) {
            const auto response = server_->ask(login_request(alice()));
            if (response.status == 200 || until.passed())
                return cookie_of(response);
        }
    }

    // Thirty at once, of every kind, and a check between them.
    outcome flood() const {
        std::vector<raw_client> clients;
        for (int i = 0; i < 30; ++i) {
            clients.push_back(server_->connect());
            clients.back().send(i % 3 == 0 ? login_request(alice()).wire()
                                : i % 3 == 1
                                    ? post_json("/login", R"({"email":"no@example.com","password":"x"})").wire()
                                    : post_form("/login", {{"email", bob().email}, {"password", "x"}}).wire());
        }
        EXPECT_EQ(server_->ask(get("/sessions/whoami", with_cookie(cookie_))).status, 200);
        EXPECT_EQ(server_->ask(get("/health/ready")).status, 200);
        outcome out;
        for (auto& client : clients) {
            const auto response = client.read_response();
            ++(response.status == 503 ? out.refused : out.served);
            if (response.status == 503)
                expect_refusal(response);
            else
                EXPECT_THAT((std::vector{200, 401}), testing::Contains(response.status)) << response.body;
        }
        return out;
    }
    static void expect_refusal(const http_response& response) {
        expect_common_headers(response);
        EXPECT_THAT(response["Retry-After"], testing::MatchesRegex("[1-9][0-9]*"));
        EXPECT_EQ(response.count("Set-Cookie"), 0U);
        if (response["Content-Type"] == "application/problem+json")
            expect_problem(response, 503, "overloaded");
    }
    void expect_calm() const {
        EXPECT_NO_THROW(log_in());
        EXPECT_EQ(server_->ask(get("/sessions/whoami", with_cookie(cookie_))).status, 200);
    }

    std::unique_ptr<latchkey_server> server_;
    std::string cookie_;
};

// No wait is too long here: the queue's length alone refuses, on any machine.
TEST_F(login_flood, is_refused_beyond_the_queue_while_checks_go_on) {
    start("2", "60s");
    const auto seen = flood();
    EXPECT_GT(seen.refused, 0);
    EXPECT_GE(seen.served, 2) << "the queue's length";
    expect_calm();
}

// Here the queue has room for all of them: only password.max_wait refuses.
TEST_F(login_flood, is_refused_where_the_wait_would_be_too_long) {
    start("1000", "300ms");
    const auto seen = flood();
    EXPECT_GT(seen.refused, 0);
    EXPECT_GE(seen.served, 1);
    const auto metrics = ask_admin(*server_, "GET", "/metrics").body;
    EXPECT_NE(metrics.find("\nlatchkey_pool_refused_total{pool=\"hash\",reason=\"full\"} 0\n"), metrics.npos);
    expect_calm();
}

}  // namespace
}  // namespace latchkey::test
