// Two servers are one to a guesser: what fails on one closes the door of the other (L4, L5, L7).
#include "admin_calls.hpp"
#include "shared_servers.hpp"
#include "throttle_calls.hpp"

#include <atomic>
#include <thread>

namespace latchkey::test {
namespace {

const visitor guesser{"198.51.100.7", ""};

class shared_throttle : public shared_servers {
protected:
    server_setup setup() const override {
        server_setup out = shared_servers::setup();
        out.config["redis.timeout"] = "\"300ms\"";
        for (const auto& [key, budget] :
             {std::pair("per_pair", "5/1h"), std::pair("per_account", "8/1h"), std::pair("per_client", "20/1h")})
            out.config[std::string("throttle.") + key] = '"' + std::string(budget) + '"';
        return out;
    }

    static http_response enter(const latchkey_server& server, const visitor& who, const test_user& user) {
        return server.ask(guess(who, user.email, user.password));
    }
    // A word of Redis is believed for a second.
    static testing::AssertionResult comes_in(const latchkey_server& server, const visitor& who, const test_user& user) {
        int last = 0;
        for (const deadline until; !until.passed(); ::poll(nullptr, 0, 20)) {
            last = enter(server, who, user).status;
            if (last == 200)
                return testing::AssertionSuccess();
            if (last != 429)
                break;
        }
        return testing::AssertionFailure() << last << '\n' << server.output();
    }
};

TEST_F(shared_throttle, failed_here_and_closed_there) {
    fail(*a, guesser, alice().email, 3);
    fail(*b, guesser, alice().email, 2);
    expect_throttled(enter(*a, guesser, alice()));
    expect_throttled(enter(*b, guesser, alice()));
    EXPECT_EQ(enter(*b, {"203.0.113.9", ""}, alice()).status, 200) << "somebody else may";
    EXPECT_EQ(enter(*a, guesser, bob()).status, 200);
}

// Many at once, at both.
TEST_F(shared_throttle, burst_on_both_is_one_budget) {
    std::atomic<int> judged{0}, refused{0};
    std::vector<std::thread> team;
    for (int t = 0; t < 8; ++t)
        team.emplace_back([&, t] {
            auto client = (t % 2 == 0 ? *a : *b).connect();
            for (int i = 0; i < 10; ++i) {
                const int status = client.ask(guess(guesser, alice().email, "wrong")).status;
                judged += status == 401 ? 1 : 0;
                refused += status == 429 ? 1 : 0;
            }
        });
    for (std::thread& one : team)
        one.join();
    EXPECT_EQ(judged, 5);
    EXPECT_EQ(refused, 75);
}

TEST_F(shared_throttle, known_device_here_and_let_in_there) {
    const visitor owner{"203.0.113.7", ""};
    const std::string device = device_of(enter(*a, owner, alice()));
    ASSERT_FALSE(device.empty());
    for (int i = 0; i < 8; ++i)
        fail(i % 2 == 0 ? *a : *b, {"198.51.100." + std::to_string(i), ""}, alice().email, 1);
    expect_throttled(enter(*b, owner, alice()));
    EXPECT_EQ(enter(*b, {owner.address, device}, alice()).status, 200);
}

TEST_F(shared_throttle, forgotten_here_and_open_there) {
    fail(*b, guesser, alice().email, 5);
    expect_throttled(enter(*b, guesser, alice()));
    const auto listed = a->command({"throttle", "list", "--json"});
    ASSERT_EQ(listed.status, 0) << listed.errors;
    const auto entries = nlohmann::json::parse(listed.output)["throttles"];
    ASSERT_EQ(entries.size(), 3U) << listed.output;
    EXPECT_EQ(entries[0]["account"], alice().email);
    EXPECT_EQ(entries[0]["client"], guesser.address);
    const auto cleared = a->command({"throttle", "clear", "--account", alice().email});
    EXPECT_EQ(cleared.status, 0) << cleared.errors;
    EXPECT_EQ(cleared.output, "Forgot 2 throttles.\n");
    EXPECT_TRUE(comes_in(*b, guesser, alice()));
}

// By a command, while no server runs where it is given.
TEST_F(shared_throttle, forgotten_by_a_command_where_no_server_runs) {
    fail(*b, guesser, alice().email, 5);
    ASSERT_EQ(a->stop(), 0);
    const auto listed = a->command({"throttle", "list", "--json"});
    EXPECT_EQ(nlohmann::json::parse(listed.output)["throttles"].size(), 3U) << listed.output << listed.errors;
    EXPECT_EQ(a->command({"throttle", "clear", "--all"}).output, "Forgot 3 throttles.\n");
    EXPECT_TRUE(comes_in(*b, guesser, alice()));
    redis->kill();
    EXPECT_EQ(a->command({"throttle", "list"}).status, 3);
    EXPECT_EQ(a->command({"throttle", "clear", "--all"}).status, 3);
    redis->start();
}

// It outlives all servers.
TEST_F(shared_throttle, still_closed_after_a_restart) {
    fail(*a, guesser, alice().email, 5);
    a->kill();
    b->kill();
    a->start();
    EXPECT_TRUE(becomes_ready(*a));
    expect_throttled(enter(*a, guesser, alice()));
}

// Nobody is judged who could not be counted, right or wrong, and nobody is counted for it.
TEST_F(shared_throttle, no_redis_no_guess) {
    fail(*a, guesser, alice().email, 4);
    redis->kill();
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(a->ask(guess(guesser, alice().email, "wrong")).status, 503);
        EXPECT_EQ(enter(*b, guesser, alice()).status, 503);
    }
    const auto listed = ask_admin(*a, "GET", "/admin/throttles");
    EXPECT_EQ(listed.status, 503) << listed.body;
    EXPECT_EQ(ask_admin(*a, "DELETE", "/admin/throttles?all=true").status, 503);
    redis->start();
    EXPECT_TRUE(becomes_ready(*a));
    fail(*a, guesser, alice().email, 1);
    expect_throttled(enter(*a, guesser, alice()));
}

}  // namespace
}  // namespace latchkey::test
