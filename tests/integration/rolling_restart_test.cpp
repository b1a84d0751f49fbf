// Two servers behind HAProxy, with config/haproxy/several-servers.cfg: either answers for both, and each can be
// restarted under load without anybody noticing.
#include "free_port.hpp"
#include "haproxy_process.hpp"
#include "header_echo_upstream.hpp"
#include "shared_servers.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

namespace latchkey::test {
namespace {

class behind_haproxy : public shared_servers {
protected:
    void SetUp() override {
        if (haproxy_program().empty())
            GTEST_SKIP() << "no HAProxy here";
        shared_servers::SetUp();
        if (IsSkipped())
            return;
        app = std::make_unique<header_echo_upstream>();
        haproxy = start_haproxy_before({front, 0, app->port()}, a->port(), b->port());
    }
    server_setup setup() const override {
        auto out = shared_servers::setup();
        out.config["server.public_url"] = "\"http://" + loopback_address(front) + '"';
        return out;
    }
    http_request page(const std::string& cookie) const {
        return get("/page", with_cookie(cookie, {{"Host", loopback_address(front)}}));
    }
    // Through the proxy, on a connection of its own.
    http_response ask(const http_request& request) const { return haproxy->connect().ask(request); }
    http_response log_in(const test_user& user) const {
        return ask(login_request(user, {{"Host", loopback_address(front)}}));
    }

    const std::uint16_t front = free_port();
    std::unique_ptr<header_echo_upstream> app;
    std::unique_ptr<proxy_process> haproxy;
};

TEST_F(behind_haproxy, either_answers) {
    const auto cookie = cookie_of(log_in(alice()));
    for (int i = 0; i < 8; ++i)
        EXPECT_EQ(ask(page(cookie)).status, 200);
    EXPECT_EQ(check(*a, cookie), 200);
    EXPECT_EQ(check(*b, cookie), 200);
    EXPECT_EQ(ask(post_json("/logout", "", with_cookie(cookie, {{"Host", loopback_address(front)}}))).status, 204);
    EXPECT_TRUE(comes_to(401, *a, cookie, {200}));
    EXPECT_TRUE(comes_to(401, *b, cookie, {200}));
    EXPECT_EQ(ask(page(cookie)).status, 401);
}

// Checks without a pause on several connections, and logins between them, for as long as it lives.
class load {
public:
    load(std::function<http_response()> log_in, std::function<http_response(raw_client&)> check,
         std::function<raw_client()> connect) {
        for (int i = 0; i < 6; ++i)
            threads_.emplace_back([this, check, connect] {
                auto client = connect();
                while (!over_) {
                    note(checks_, bad_checks_, check(client));
                    client = connect();
                }
            });
        threads_.emplace_back([this, log_in] {
            while (!over_)
                note(logins_, bad_logins_, log_in());
        });
    }
    ~load() { end(); }
    void end() {
        over_ = true;
        for (auto& thread : threads_)
            if (thread.joinable())
                thread.join();
    }
    std::uint64_t checks() const { return checks_; }
    std::uint64_t logins() const { return logins_; }
    // After end().
    std::vector<std::string> bad_checks() const { return bad_checks_; }
    std::vector<std::string> bad_logins() const { return bad_logins_; }

private:
    void note(std::atomic<std::uint64_t>& good, std::vector<std::string>& bad, const http_response& answer) {
        if (answer.status == 200) {
            ++good;
            return;
        }
        const std::lock_guard lock(mutex_);
        bad.push_back(std::to_string(answer.status) + ' ' + answer.body);
    }

    std::atomic<bool> over_{false};
    std::atomic<std::uint64_t> checks_{0}, logins_{0};
    std::mutex mutex_;
    std::vector<std::string> bad_checks_, bad_logins_;
    std::vector<std::thread> threads_;
};

class restarted_behind_haproxy : public behind_haproxy {
protected:
    // One after the other, twice, whether or not HAProxy has seen the one come back when the other goes.
    void restart_all(const std::function<void(latchkey_server&)>& end) {
        const auto cookie = cookie_of(log_in(alice()));
        load clients([this] { return log_in(bob()); },
                     [this, cookie](raw_client& client) { return client.ask(page(cookie)); },
                     [this] { return haproxy->connect(); });
        for (latchkey_server* const server : {a.get(), b.get(), a.get(), b.get()}) {
            end(*server);
            const auto alone = clients.checks();  // the other does it all
            for (const deadline until; clients.checks() < alone + 200 && !until.passed();)
                ::poll(nullptr, 0, 2);
            server->start();
            const auto both = clients.checks();
            for (const deadline until; clients.checks() < both + 200 && !until.passed();)
                ::poll(nullptr, 0, 2);
            EXPECT_GE(clients.checks(), both + 200);
        }
        clients.end();
        EXPECT_THAT(clients.bad_checks(), testing::IsEmpty()) << haproxy->log() << a->output() << b->output();
        EXPECT_GT(clients.logins(), 0U);
        bad_logins = clients.bad_logins();
    }
    std::vector<std::string> bad_logins;
};

// D6
TEST_F(restarted_behind_haproxy, in_turn_and_nobody_is_refused) {
    restart_all([](latchkey_server& server) { EXPECT_EQ(server.stop(), 0); });
    EXPECT_THAT(bad_logins, testing::IsEmpty());
}

// D1: a login that was under way may be lost, and no check.
TEST_F(restarted_behind_haproxy, killed_and_no_check_is_refused) {
    restart_all([](latchkey_server& server) { server.kill(); });
}

}  // namespace
}  // namespace latchkey::test
