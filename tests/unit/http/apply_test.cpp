// D7: new settings on a server at work: in force from the next request on, also on connections that are open, and
// nobody is dropped.
#include "free_port.hpp"
#include "http_server.hpp"
#include "raw_client.hpp"
#include "silent_domain.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace latchkey::http {
namespace {

using test::get;
using test::raw_client;

// Lets its callers wait while it is closed.
class gate final : public readiness {
public:
    task<bool> ready() override {
        waiting_ = true;
        while (closed_)
            co_await boost::asio::post(use_task);
        co_await boost::asio::post(use_task);  // behind what was posted to this core before open()
        waiting_ = false;
        co_return true;
    }
    void close() noexcept { closed_ = true; }
    void open() noexcept { closed_ = false; }
    void await_caller() const {
        while (!waiting_)
            std::this_thread::yield();
    }

private:
    std::atomic<bool> closed_{false};
    std::atomic<bool> waiting_{false};
};

class apply : public ::testing::Test {
protected:
    apply() {
        options_.server.io_threads = 2;
        options_.server.listen = {"127.0.0.1:" + std::to_string(port_)};
        options_.server.admin_listen = "off";
        server_ = std::make_unique<http_server>(options_, policy_, parts_);
        server_->start();
    }

    raw_client connect() const { return raw_client::tcp(port_); }
    // A request whose header block has this many bytes.
    static std::string sized(std::size_t bytes, const std::string& target = "/health/alive") {
        const std::string start = "GET " + target + " HTTP/1.1\r\nHost: h\r\nX-Padding: ";
        return start + std::string(bytes - start.size() - 4, 'x') + "\r\n\r\n";
    }
    static int status_of(raw_client& client, const std::string& request) {
        client.send(request);
        return client.read_response().status;
    }

    const std::uint16_t port_ = test::free_port();
    config options_;
    manual_clock time_;
    testing::no_sessions sessions_;
    testing::no_logins logins_;
    testing::no_users admins_;
    testing::no_reloads reloads_;
    gate ready_;
    testing::no_audit audit_;
    testing::no_log log_;
    std::shared_ptr<const access_policy> policy_ = std::make_shared<testing::members_only>();
    const domain parts_{sessions_, logins_, admins_, reloads_, ready_, audit_, log_, time_};
    std::unique_ptr<http_server> server_;
};

TEST_F(apply, trusted_proxies_on_an_open_connection) {
    auto client = connect();
    const auto request = get("/health/alive", {{"X-Request-Id", "mine"}});
    EXPECT_EQ(client.ask(request)["X-Request-Id"], "mine");
    options_.server.trusted_proxies = {"192.0.2.0/24"};
    server_->apply(options_, policy_);
    EXPECT_NE(client.ask(request)["X-Request-Id"], "mine") << "no longer trusted";
    options_.server.trusted_proxies = {"127.0.0.1"};
    server_->apply(options_, policy_);
    EXPECT_EQ(client.ask(request)["X-Request-Id"], "mine");
}

TEST_F(apply, larger_and_smaller_headers_on_an_open_connection) {
    auto client = connect();
    EXPECT_EQ(status_of(client, sized(16 * 1024)), 200);
    options_.limits.header_bytes = 64 * 1024;
    server_->apply(options_, policy_);
    EXPECT_EQ(status_of(client, sized(64 * 1024)), 200);
    EXPECT_EQ(status_of(client, sized(16 * 1024 + 1)), 200);
    options_.limits.header_bytes = 3'000;
    server_->apply(options_, policy_);
    EXPECT_EQ(status_of(client, sized(3'000)), 200);
    EXPECT_EQ(status_of(client, sized(3'001)), 431);
}

// A request under way ends by what was in force when it began; the one behind it begins with what is in force now. The
// lent buffer that holds the beginning of the second is exchanged for a larger one.
TEST_F(apply, a_buffer_lent_before_grows_with_the_limit) {
    auto client = connect();
    ready_.close();
    const std::string first = sized(10 * 1024, "/health/ready");
    const std::string second = sized(40 * 1024);
    client.send(first + second.substr(0, 3'000));
    ready_.await_caller();
    options_.limits.header_bytes = 64 * 1024;
    server_->apply(options_, policy_);
    ready_.open();
    EXPECT_EQ(client.read_response().status, 200);
    client.send(second.substr(3'000));
    EXPECT_EQ(client.read_response().status, 200);
}

TEST_F(apply, connections_and_origins) {
    auto inside = connect();
    EXPECT_EQ(inside.ask(get("/health/alive")).status, 200);
    const test::http_request post{"POST", "/logout", {{"Origin", "https://other.example"}}, {}};
    EXPECT_EQ(inside.ask(post).status, 403);
    options_.server.allowed_origins = {"https://other.example"};
    options_.limits.max_connections = 1;
    server_->apply(options_, policy_);
    inside = connect();
    for (const test::deadline until; !until.passed();) {  // until the one before has been noticed to be gone
        if (inside.ask(get("/health/alive")).status == 200)
            break;
        inside = connect();
    }
    EXPECT_EQ(inside.ask(post).status, 204);
    auto surplus = connect();
    EXPECT_EQ(surplus.ask(get("/health/alive")).status, 503);
}

// E1: for those who come themselves; whoever a proxy speaks for is not counted.
TEST_F(apply, connections_of_one_client) {
    options_.limits.max_connections_per_client = 2;
    server_->apply(options_, policy_);
    std::vector<raw_client> inside;
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(inside.emplace_back(connect()).ask(get("/health/alive")).status, 200) << "a trusted proxy";
    options_.server.trusted_proxies = {"192.0.2.0/24"};
    server_->apply(options_, policy_);
    EXPECT_EQ(inside.front().ask(get("/health/alive")).status, 200);
    auto first = connect(), second = connect();
    EXPECT_EQ(first.ask(get("/health/alive")).status, 200) << "those from before were not counted";
    EXPECT_EQ(second.ask(get("/health/alive")).status, 200);
    auto third = connect();
    const auto refused = third.ask(get("/health/alive"));
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused["Connection"], "close");
    EXPECT_NE(refused["Retry-After"], "");
    auto neighbour = raw_client::tcp(port_, {.from = "127.0.0.2"});
    EXPECT_EQ(neighbour.ask(get("/health/alive")).status, 200) << "another address";
    second = connect();
    for (const test::deadline until; !until.passed();) {  // until the one before has been noticed to be gone
        if (second.ask(get("/health/alive")).status == 200)
            break;
        second = connect();
    }
    EXPECT_EQ(second.ask(get("/health/alive")).status, 200);
    options_.limits.max_connections_per_client = 3;
    server_->apply(options_, policy_);
    third = connect();
    EXPECT_EQ(third.ask(get("/health/alive")).status, 200);
}

TEST_F(apply, another_policy_on_an_open_connection) {
    struct nobody final : access_policy {
        access_decision decide(const access_question&) const noexcept override { return {}; }
        access_outcome decide_by_default(const user_profile*) const noexcept override { return access_outcome::forbid; }
    };
    auto client = connect();
    const auto request = get("/api/authz/auth-request", {{"X-Original-URL", "https://a.example/"}});
    EXPECT_EQ(client.ask(request).status, 401);
    server_->apply(options_, std::make_shared<nobody>());
    EXPECT_EQ(client.ask(request).status, 403);
    server_->apply(options_, policy_);
    EXPECT_EQ(client.ask(request).status, 401);
}

// The client's address is looked for as soon as some rule asks for it.
TEST_F(apply, rules_that_ask_for_the_client) {
    struct known_only final : access_policy {
        access_decision decide(const access_question& q) const noexcept override {
            return {q.client == client_address{} ? access_outcome::forbid : access_outcome::allow, {}};
        }
        access_outcome decide_by_default(const user_profile*) const noexcept override { return access_outcome::forbid; }
    };
    const auto policy = std::make_shared<known_only>();
    auto client = connect();
    const auto request = get("/api/authz/auth-request", {{"X-Original-URL", "https://a.example/"}});
    server_->apply(options_, policy);
    EXPECT_EQ(client.ask(request).status, 403);
    options_.access.rules.push_back({{}, {}, {}, {}, {"127.0.0.0/8"}, "allow"});
    server_->apply(options_, policy);
    EXPECT_EQ(client.ask(request).status, 200);
}

TEST_F(apply, what_cannot_change_live_does_not) {
    auto client = connect();
    config other = options_;
    other.server.public_url = "https://elsewhere.example";
    other.limits.body_bytes = 1;
    server_->apply(other, policy_);
    const auto answer = client.ask(get("/api/authz/auth-request", {{"X-Original-URL", "https://a.example/"}}));
    EXPECT_EQ(answer["Location"].rfind("http://127.0.0.1:9080/login", 0), 0U) << answer["Location"];
}

TEST_F(apply, a_bad_value_changes_nothing) {
    config bad = options_;
    bad.server.trusted_proxies = {"nonsense"};
    bad.limits.header_bytes = 300;
    EXPECT_THROW(server_->apply(bad, policy_), std::invalid_argument);
    auto client = connect();
    EXPECT_EQ(status_of(client, sized(1'000)), 200);
}

// D7 under load.
TEST_F(apply, nobody_is_dropped_under_load) {
    std::atomic<bool> end{false};
    std::atomic<int> answered{0};
    std::atomic<int> wrong{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back([&, i] {
            auto client = connect();
            const std::string request = sized(i % 2 == 0 ? 200 : 5'000);
            while (!end) {
                wrong += status_of(client, request) != 200;
                ++answered;
            }
        });
    for (int round = 0; round < 200 || answered < 500; ++round) {
        options_.limits.header_bytes = round % 2 == 0 ? 6'000 : 32 * 1024;
        options_.server.trusted_proxies =
            round % 3 == 0 ? std::vector<std::string>{} : std::vector<std::string>{"127.0.0.1"};
        server_->apply(options_, policy_);
    }
    end = true;
    for (auto& thread : clients)
        thread.join();
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace latchkey::http
