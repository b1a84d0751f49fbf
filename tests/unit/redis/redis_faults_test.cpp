// What the client makes of a Redis that is away, ill, or something else (D4). No answer is ever made up, and all of it
// ends by itself.
#include "fake_redis.hpp"
#include "free_port.hpp"
#include "redis_client_fixture.hpp"

#include <thread>

namespace latchkey::testing {
namespace {

class redis_faults : public redis_client_fixture {};

TEST_F(redis_faults, not_there_yet) {
    const auto port = test::free_port();
    redis_client client(options_for("redis://127.0.0.1:" + std::to_string(port)), log_);
    EXPECT_FALSE(ask(client, {"PING"}));
    await_said("redis_unreachable");
    EXPECT_FALSE(client.stats().up);
    EXPECT_GE(client.stats().failures, 1U);
}

TEST_F(redis_faults, killed_and_started_again) {
    test::redis_process redis;
    redis_client client(options_for(redis.url()), log_);
    await_up(client);
    const std::string first_run = client.server_run();
    redis.kill();
    EXPECT_FALSE(ask(client, {"PING"}));
    redis.start();
    await_up(client);
    EXPECT_NE(client.server_run(), first_run);
    EXPECT_EQ(client.stats().connections, 2U);
}

TEST_F(redis_faults, frozen) {
    test::redis_process redis;
    auto options = options_for(redis.url());
    options.timeout = milliseconds{200};
    redis_client client(options, log_);
    await_up(client);
    redis.freeze();
    EXPECT_FALSE(ask(client, {"PING"}));
    await_said("no answer within the time-out");
    EXPECT_FALSE(ask(client, {"PING"})) << "nor by another connection, which the kernel may well accept";
    redis.thaw();
    await_up(client);
}

TEST_F(redis_faults, something_else) {
    test::redis_process redis;  // asked for TLS, it is something else
    redis_client client(options_for("rediss://127.0.0.1:" + std::to_string(redis.port())), log_);
    EXPECT_FALSE(ask(client, {"PING"}));
    await_said("redis_unreachable");
}

// It says LOADING to commands, and so nothing is to be had from it until it is done.
TEST_F(redis_faults, still_loading) {
    test::redis_process redis({"enable-debug-command yes"});
    {
        redis_client client(options_for(redis.url()), log_);
        EXPECT_EQ(text(client, {"DEBUG", "POPULATE", "500"}), "OK");
        EXPECT_EQ(text(client, {"SAVE"}), "OK");
    }
    redis.kill();
    redis.launch({"key-load-delay 5000", "loading-process-events-interval-bytes 1024"});
    redis_client client(options_for(redis.url()), log_);
    await_said("is still loading its data");
    await_up(client);
    EXPECT_EQ(ask(client, {"DBSIZE"})->integer, 500);
}

// A connection from before, whose server says so in the middle of it.
TEST_F(redis_faults, an_answer_of_a_server_that_should_not_answer) {
    for (const std::string error : {"READONLY You can't", "LOADING Redis is", "MASTERDOWN Link", "UNBLOCKED force"}) {
        const fake_redis redis(fake_redis::that_greets([&](const auto&) { return '-' + error + "\r\n"; }));
        redis_client client(options_for(redis.url()), log_);
        EXPECT_FALSE(ask(client, {"GET", "a"}));
        await_said("redis_lost address=" + redis.url() + " connection=latchkey-test error=" + error);
    }
}

TEST_F(redis_faults, what_is_no_redis_to_work_with) {
    const std::vector<std::pair<std::string, std::string>> unfit{
        {"redis_version:6.2.14\r\nrole:master\r\n", "is Redis 6.2.14: 7 or newer"},
        {"redis_version:7.2.4\r\nrole:slave\r\n", "is a replica"},
        {"redis_version:7.2.4\r\nrole:master\r\ncluster_enabled:1\r\n", "Redis Cluster"},
        {"redis_version:7.2.4\r\nredis_mode:sentinel\r\n", "is a sentinel"},
        {"redis_version:7.2.4\r\nrole:master\r\nloading:1\r\n", "is still loading"},
        {"", "is Redis : 7 or newer"},
    };
    for (const auto& [info, words] : unfit) {
        const fake_redis redis(fake_redis::that_greets([](const auto&) { return "+OK\r\n"; }, info));
        redis_client client(options_for(redis.url()), log_);
        await_said(words);
        EXPECT_FALSE(ask(client, {"PING"}));
    }
}

TEST_F(redis_faults, valkey_is_as_good) {
    for (const std::string info :
         {"redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\nrole:master\r\nrun_id:abc\r\n",
          "valkey_version:8.1.1\r\nrole:master\r\nrun_id:abc\r\n"}) {
        const fake_redis redis(fake_redis::that_greets([](const auto&) { return "+PONG\r\n"; }, info));
        redis_client client(options_for(redis.url()), log_);
        EXPECT_EQ(text(client, {"PING"}), "PONG");
        EXPECT_EQ(client.server_run(), "abc");
        await_said("version=Valkey 8.1.1");
    }
}

TEST_F(redis_faults, talks_nonsense) {
    const fake_redis redis(fake_redis::that_greets([](const auto&) { return "HTTP/1.1 400 Bad Request\r\n\r\n"; }));
    redis_client client(options_for(redis.url()), log_);
    EXPECT_FALSE(ask(client, {"PING"}));
    await_said("what came is not of Redis");
    const fake_redis chatty(fake_redis::that_greets([](const auto&) { return "+PONG\r\n+PONG\r\n"; }));
    redis_client other(options_for(chatty.url()), log_);
    EXPECT_EQ(text(other, {"PING"}), "PONG");
    await_said("redis_lost address=" + chatty.url() + " connection=latchkey-test error=what came is not of Redis");
}

// A command has its own time, and not that of one before it that was meant to wait long and was answered soon.
TEST_F(redis_faults, frozen_after_a_command_that_was_meant_to_wait) {
    test::redis_process redis;
    auto options = options_for(redis.url());
    options.timeout = milliseconds{200};
    redis_client client(options, log_);
    await_up(client);
    // Longer than the time-out, so that the timer is set for this one alone.
    EXPECT_TRUE(run_.await(client.ask(redis_command({"BLPOP", "none", "0.5"}), milliseconds{600'000}))->is_nil());
    const test::deadline until;
    redis.freeze();
    EXPECT_FALSE(ask(client, {"PING"}));
    EXPECT_FALSE(until.passed()) << "it waited for the time of the other";
    redis.thaw();
}

// Redis has begun with the second only after the first: that took its time, and no fault is in it.
TEST_F(redis_faults, slow_behind_a_command_that_was_meant_to_wait) {
    const fake_redis redis(fake_redis::that_greets([](const auto& command) {
        std::this_thread::sleep_for(milliseconds{command.front() == "BLPOP" ? 400 : 50});
        return fake_redis::text(command.front());
    }));
    auto options = options_for(redis.url());
    options.timeout = milliseconds{200};
    boost::asio::io_context io(1);
    redis_client client(options, log_);
    std::vector<std::string> came;
    for (const auto& [name, within] : {std::pair{"BLPOP", milliseconds{60'000}}, {"ECHO", milliseconds{0}}})
        boost::asio::co_spawn(
            io,
            [&, command = redis_command({name}), within = within]() mutable -> task<void> {
                const auto reply = co_await client.ask(std::move(command), within);
                came.push_back(reply ? reply->text : "nothing");
            },
            [](std::exception_ptr e) { EXPECT_FALSE(e); });
    io.run();
    EXPECT_EQ(came, (std::vector<std::string>{"BLPOP", "ECHO"}));
}

// Who waits for a connection is refused in time, also when an earlier one was given longer.
TEST_F(redis_faults, silent_during_the_greeting) {
    const fake_redis redis([](const auto&) { return std::string(); });
    auto options = options_for(redis.url());
    options.timeout = milliseconds{200};
    redis_client client(options, log_);
    EXPECT_FALSE(run_.await(client.ask(redis_command({"BLPOP", "none", "0"}), milliseconds{600'000})));
    EXPECT_FALSE(ask(client, {"PING"}));
    await_said("no answer within the time-out");
}

// The last word is for whoever waits: none is left waiting when the client goes in the middle of connecting.
TEST_F(redis_faults, concurrent_end_while_it_connects) {
    const fake_redis redis([](const auto&) { return std::string(); });
    for (int i = 0; i < 50; ++i) {
        runner own;
        auto options = options_for(redis.url());
        options.timeout = milliseconds{60'000};
        redis_client client(options, log_);
        std::thread waiting([&] {
            std::string command = redis_command({"PING"});
            EXPECT_FALSE(own.await(client.ask(std::move(command))));
        });
        if (i % 2 == 0)
            std::this_thread::yield();
        client.stop();
        waiting.join();
    }
}

// A connection that breaks again and again is not made anew without a pause, and the log is not filled with it.
TEST_F(redis_faults, breaks_again_and_again) {
    const fake_redis redis(fake_redis::that_greets([](const auto&) { return "-READONLY\r\n"; }));
    redis_client client(options_for(redis.url()), log_);
    const test::deadline until;
    while (client.stats().connections < 6) {
        ASSERT_FALSE(until.passed()) << log_.text();
        EXPECT_FALSE(ask(client, {"SET", "a", "b"}));
    }
    const std::string said = log_.text();
    std::size_t lines = 0;
    for (auto at = said.find("redis_connected"); at != said.npos; at = said.find("redis_connected", at + 1))
        ++lines;
    EXPECT_EQ(lines, 3U) << said;
}

TEST_F(redis_faults, a_replica_takes_no_changes) {
    test::redis_process redis;
    redis_client client(options_for(redis.url()), log_);
    await_up(client);
    redis_client other(options_for(redis.url()), log_);
    EXPECT_EQ(text(other, {"REPLICAOF", "127.0.0.1", "1"}), "OK");
    EXPECT_FALSE(ask(client, {"SET", "a", "b"}));
    await_said("is a replica");
    EXPECT_FALSE(ask(client, {"PING"}));
}

}  // namespace
}  // namespace latchkey::testing
