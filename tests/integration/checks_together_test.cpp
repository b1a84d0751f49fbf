// Checks that come at the same time wait together for the sessions they look for: each hears of its own all the same,
// whatever comes between them.
#include "expectations.hpp"
#include "latchkey_server.hpp"
#include "process_probe.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <string>
#include <vector>

namespace latchkey::test {
namespace {

constexpr int sessions = 12;
constexpr std::string_view unknown = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

class checks_together : public testing::Test {
protected:
    struct holder {
        std::string cookie, id;
    };

    static server_setup one_core() {
        server_setup setup;
        setup.config["server.io_threads"] = "1";
        setup.config["session.max_per_user"] = "1000";
        return setup;
    }
    void SetUp() override {
        for (int i = 0; i < sessions; ++i) {
            const std::string cookie = server_.login(i % 2 == 0 ? alice() : bob());
            const auto answer = server_.ask(check(cookie));
            ASSERT_EQ(answer.status, 200);
            holders_.push_back({cookie, answer["Remote-Session"]});
        }
    }
    static http_request check(std::string_view cookie, header_list headers = {}) {
        headers.emplace_back("X-Original-URL", "https://app.example.com/");
        return get("/api/authz/auth-request", with_cookie(std::string(cookie), headers));
    }
    const holder& nth(int i) const { return holders_[static_cast<std::size_t>(i % sessions)]; }
    // What is sent meanwhile is all there when the server looks.
    template <class Send>
    void while_it_sleeps(Send send) {
        server_.process().send_signal(SIGSTOP);
        for (const deadline until; !is_stopped(server_.process().pid());)
            ASSERT_FALSE(until.passed());
        send();
        server_.process().send_signal(SIGCONT);
    }
    static void expect_session(raw_client& client, const holder& whose) {
        const auto answer = client.read_response();
        ASSERT_EQ(answer.status, 200);
        EXPECT_EQ(answer["Remote-Session"], whose.id);
    }

    latchkey_server server_{one_core()};
    std::vector<holder> holders_;
};

// As many as one look at what is ready finds, and more.
TEST_F(checks_together, each_hears_of_its_own) {
    for (const int count : {1, 2, 7, 8, 9, 16, 65}) {
        std::vector<raw_client> clients;
        for (int i = 0; i < count; ++i)
            clients.push_back(server_.connect());
        for (int round = 0; round < 3; ++round) {
            while_it_sleeps([&] {
                for (int i = 0; i < count; ++i)
                    clients[static_cast<std::size_t>(i)].send(check(nth(i + round).cookie).wire());
            });
            for (int i = 0; i < count; ++i)
                expect_session(clients[static_cast<std::size_t>(i)], nth(i + round));
        }
    }
}

TEST_F(checks_together, others_come_between_them) {
    const std::string padding(6'000, 'x');
    for (int round = 0; round < 4; ++round) {
        const std::string ending = server_.login(alice());
        std::vector<raw_client> plain, clients;
        for (int i = 0; i < 24; ++i)
            plain.push_back(server_.connect());
        for (int i = 0; i < 9; ++i)
            clients.push_back(server_.connect());
        const std::string halves = check(nth(5).cookie).wire();
        while_it_sleeps([&] {
            std::size_t next = 0;
            const auto send_plain = [&](int count) {
                for (; count > 0; --count, ++next)
                    plain[next].send(check(nth(static_cast<int>(next)).cookie).wire());
            };
            send_plain(3);
            clients[0].send(check(unknown).wire());
            send_plain(2);
            clients[1].send(check(nth(1).cookie).wire() + check(unknown).wire() + check(nth(2).cookie).wire());
            clients[2].send(get("/sessions/whoami", with_cookie(nth(3).cookie)).wire());
            send_plain(3);
            clients[3].send("GET /api/authz/auth-request HTTP/1.1\nHost: x\n\n");
            clients[4].send(check(nth(4).cookie, {{"X-Padding", padding}}).wire());
            send_plain(4);
            clients[5].send(halves.substr(0, halves.size() / 2));
            clients[6].send(check(nth(6).cookie, {{"Connection", "close"}}).wire());
            send_plain(4);
            clients[7].send(http_request{"POST", "/logout", with_cookie(ending), {}}.wire());
            {
                raw_client gone = server_.connect();
                gone.send(check(nth(7).cookie).wire());
            }
            send_plain(4);
            clients[8].send(check("no cookie of ours").wire());
            send_plain(4);
        });
        for (int i = 0; i < 24; ++i)
            expect_session(plain[static_cast<std::size_t>(i)], nth(i));
        EXPECT_EQ(clients[0].read_response().status, 401);
        expect_session(clients[1], nth(1));
        EXPECT_EQ(clients[1].read_response().status, 401);
        expect_session(clients[1], nth(2));
        EXPECT_EQ(json_of(clients[2].read_response()).at("id"), nth(3).id);
        EXPECT_EQ(clients[3].read_response().status, 400);
        expect_session(clients[4], nth(4));
        clients[5].send(halves.substr(halves.size() / 2));
        expect_session(clients[5], nth(5));
        expect_session(clients[6], nth(6));
        EXPECT_EQ(clients[6].read_to_end(), "");
        EXPECT_EQ(clients[7].read_response().status, 204);
        EXPECT_EQ(server_.ask(check(ending)).status, 401);
        EXPECT_EQ(clients[8].read_response().status, 401);
    }
}

// A request that fills its connection's buffer to the last byte leaves the next one to a buffer that is everybody's.
TEST_F(checks_together, behind_one_that_filled_its_buffer) {
    constexpr std::size_t buffer = 2048;
    const auto first = [](std::size_t padding) {
        return check("no cookie of ours", {{"X-Padding", std::string(padding, 'x')}}).wire();
    };
    const std::string filling = first(buffer - first(0).size());
    ASSERT_EQ(filling.size(), buffer);
    const auto second = [](const holder& whose, const char* url) {
        return get("/api/authz/auth-request", with_cookie(whose.cookie, {{"X-Original-URL", url}})).wire();
    };
    std::vector<raw_client> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(server_.connect());
        clients.back().send(filling.substr(0, 100));
    }
    server_.ask(get("/health/alive"));  // behind those on its core
    while_it_sleeps([&] {
        for (int i = 0; i < 4; ++i) {
            const char* const url = i % 2 == 0 ? "https://app.example.com/" : "https;//app.example.com/";
            clients[static_cast<std::size_t>(i)].send(filling.substr(100) + second(nth(i), url));
        }
    });
    for (int i = 0; i < 4; ++i) {
        auto& client = clients[static_cast<std::size_t>(i)];
        EXPECT_EQ(client.read_response().status, 401);
        EXPECT_EQ(client.read_response().status, i % 2 == 0 ? 200 : 403);
    }
}

}  // namespace
}  // namespace latchkey::test
