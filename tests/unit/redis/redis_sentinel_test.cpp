// Finding the master by Redis Sentinel, also after it has died (D4).
#include "fake_redis.hpp"
#include "redis_client_fixture.hpp"

#include <atomic>
#include <thread>

namespace latchkey::testing {
namespace {

const test::redis_lines quick{"repl-diskless-sync-delay 0"};

class redis_sentinel_test : public redis_client_fixture {
protected:
    redis_client_options options_by(std::vector<std::string> sentinels) {
        auto options = options_for("redis://nowhere.invalid");  // which does not count
        for (const std::string& url : sentinels)
            options.sentinels.push_back(parse_redis_url(url).url);
        options.sentinel_master = "mymaster";
        return options;
    }
    static std::string by_hand(std::uint16_t port, std::vector<std::string> words) {
        test::child_options program;
        program.argv = {"/usr/bin/redis-cli", "-p", std::to_string(port)};
        program.argv.insert(program.argv.end(), words.begin(), words.end());
        return test::run_program(program).output;
    }
    static void await_by_hand(std::uint16_t port, const std::vector<std::string>& words, const std::string& answer) {
        const test::deadline until;
        while (by_hand(port, words).find(answer) == std::string::npos)
            ASSERT_FALSE(until.passed()) << words.front();
    }
    // A master with one key, its replica, which has that too, and a sentinel that knows both.
    void start_all() {
        first_ = std::make_unique<test::redis_process>(quick);
        by_hand(first_->port(), {"set", "a", "b"});
        second_ = std::make_unique<test::redis_process>(test::redis_lines{quick[0], first_->as_master()});
        await_by_hand(second_->port(), {"get", "a"}, "b");
        sentinel_ = std::make_unique<test::redis_sentinel>(*first_);
        sentinel_->await("+slave slave 127.0.0.1:" + std::to_string(second_->port()));
    }

    std::unique_ptr<test::redis_process> first_, second_;
    std::unique_ptr<test::redis_sentinel> sentinel_;
};

TEST_F(redis_sentinel_test, follows_a_failover) {
    start_all();
    redis_client client(options_by({sentinel_->url()}), log_);
    EXPECT_EQ(text(client, {"GET", "a"}), "b");
    const std::string run = client.server_run();
    first_->kill();
    const test::deadline until;
    while (text(client, {"SET", "a", "c"}) != "OK")
        ASSERT_FALSE(until.passed()) << log_.text();
    EXPECT_NE(client.server_run(), run);
    await_said("redis_connected address=" + second_->url());
    first_->start();  // believes to be the master, until the sentinel makes it a replica
    EXPECT_EQ(text(client, {"GET", "a"}), "c");
    redis_client newcomer(options_by({sentinel_->url()}), log_);
    EXPECT_EQ(text(newcomer, {"GET", "a"}), "c");
}

// The master of before is alive and well, and only not the master any more.
TEST_F(redis_sentinel_test, leaves_a_master_that_was_replaced) {
    start_all();
    redis_client client(options_by({sentinel_->url()}), log_);
    EXPECT_EQ(text(client, {"GET", "a"}), "b");
    await_by_hand(sentinel_->port(), {"sentinel", "failover", "mymaster"}, "OK");
    await_said("redis_connected address=" + second_->url());
    await_up(client);
    EXPECT_EQ(text(client, {"SET", "a", "c"}), "OK");
}

// Nobody has told the old one yet: what it takes now will be lost.
TEST_F(redis_sentinel_test, leaves_a_master_that_does_not_know_yet) {
    test::redis_process first, second;
    std::atomic<bool> replaced{false};
    const fake_redis sentinel([&](const auto&) {
        const auto port = std::to_string((replaced ? second : first).port());
        return "*2\r\n" + fake_redis::text("127.0.0.1") + fake_redis::text(port);
    });
    redis_client client(options_by({sentinel.url()}), log_);
    await_up(client);
    replaced = true;
    await_said("redis_lost address=" + first.url() +
               " connection=latchkey-test error=the sentinels name another master");
    await_said("redis_connected address=" + second.url());
}

// Sentinels are no part of the way: while a master is connected they may all be away.
TEST_F(redis_sentinel_test, a_connection_outlives_the_sentinels) {
    test::redis_process redis;
    auto sentinel = std::make_unique<test::redis_sentinel>(redis);
    const auto options = options_by({sentinel->url()});
    redis_client client(options, log_);
    await_up(client);
    sentinel.reset();
    redis_client late(options, log_);
    await_said("no sentinel tells");
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(text(client, {"PING"}), "PONG");
        std::this_thread::sleep_for(milliseconds{15});  // past a question that nobody answers
    }
    EXPECT_EQ(client.stats().connections, 1U);
}

TEST_F(redis_sentinel_test, is_itself_no_redis) {
    test::redis_process redis;
    test::redis_sentinel sentinel(redis);
    redis_client client(options_for(sentinel.url()), log_);
    await_said("is a sentinel and no Redis");
}

TEST_F(redis_sentinel_test, one_that_is_dead_or_silent_or_knows_nothing_is_passed_over) {
    test::redis_process redis;
    test::redis_sentinel sentinel(redis);
    const std::string dead = "redis://127.0.0.1:" + std::to_string(test::free_port());
    const fake_redis silent([](const auto&) { return std::string(); });
    const fake_redis ignorant([](const auto&) { return std::string("*-1\r\n"); });
    redis_client client(options_by({dead, silent.url(), ignorant.url(), sentinel.url()}), log_);
    await_up(client);
    await_said("redis_connected address=" + redis.url());
}

// One is cut off from the others and names the master of before.
TEST_F(redis_sentinel_test, one_that_is_wrong_is_not_asked_twice_in_a_row) {
    test::redis_process redis;
    test::redis_sentinel sentinel(redis);
    const auto nobody = std::to_string(test::free_port());
    const fake_redis wrong(
        [&](const auto&) { return "*2\r\n" + fake_redis::text("127.0.0.1") + fake_redis::text(nobody); });
    redis_client client(options_by({wrong.url(), sentinel.url()}), log_);
    await_up(client);
    await_said("redis_connected address=" + redis.url());
}

// All that goes before a connection may take longer than the time-out of whoever waits for it.
TEST_F(redis_sentinel_test, nobody_waits_longer_for_a_connection_than_the_time_out) {
    std::atomic<bool> slow{true};
    const auto be_slow = [&] {
        if (slow)
            std::this_thread::sleep_for(milliseconds{800});
    };
    const auto greeting = fake_redis::that_greets([](const auto&) { return "+PONG\r\n"; });
    const fake_redis redis([&](const auto& command) {
        if (command.front() == "INFO")
            be_slow();
        return greeting(command);
    });
    const fake_redis sentinel([&](const auto&) {
        be_slow();
        return "*2\r\n" + fake_redis::text("127.0.0.1") +
               fake_redis::text(redis.url().substr(redis.url().rfind(':') + 1));
    });
    auto options = options_by({sentinel.url()});
    options.timeout = milliseconds{1'000};
    redis_client client(options, log_);
    EXPECT_FALSE(ask(client, {"PING"}));
    slow = false;
    await_up(client);
}

TEST_F(redis_sentinel_test, says_what_is_wrong_with_all_of_them) {
    test::redis_process redis;
    test::redis_sentinel sentinel(redis);
    auto options = options_by({sentinel.url(), "redis://127.0.0.1:" + std::to_string(test::free_port())});
    options.sentinel_master = "another";
    redis_client client(options, log_);
    EXPECT_FALSE(ask(client, {"PING"}));
    await_said("no sentinel tells where another is: ");
    await_said("knows no master of that name");
    await_said("Connection refused");
}

TEST_F(redis_sentinel_test, with_a_password) {
    test::redis_process redis({"requirepass sesame"});
    test::redis_sentinel sentinel(redis, {"requirepass sesame", "sentinel auth-pass mymaster sesame"});
    auto options = options_by({sentinel.url()});
    redis_client without(options, log_);
    await_said("answered: NOAUTH");
    options.password = std::make_shared<const secret>("sesame");
    redis_client client(options, log_);
    EXPECT_EQ(text(client, {"PING"}), "PONG");
    options.password = std::make_shared<const secret>("hunter2");
    redis_client wrong(options, log_);
    await_said("refused the password: WRONGPASS");
}

TEST_F(redis_sentinel_test, without_a_password_where_redis_has_one) {
    test::redis_process redis({"requirepass sesame"});
    test::redis_sentinel sentinel(redis, {"sentinel auth-pass mymaster sesame"});
    auto options = options_by({sentinel.url()});
    options.password = std::make_shared<const secret>("sesame");
    redis_client client(options, log_);
    EXPECT_EQ(text(client, {"PING"}), "PONG") << "it is not told to a sentinel that does not ask";
}

}  // namespace
}  // namespace latchkey::testing
