#include "redis_client_fixture.hpp"

#include <array>
#include <atomic>
#include <thread>
#include <vector>

namespace latchkey::testing {
namespace {

class redis_client_test : public redis_client_fixture {};

TEST_F(redis_client_test, asks_and_is_answered) {
    test::redis_process redis;
    redis_client client(options_for(redis.url()), log_);
    EXPECT_EQ(text(client, {"PING"}), "PONG");
    const std::string key("k\0\r\n", 4);
    EXPECT_EQ(text(client, {"SET", key, "v"}), "OK");
    EXPECT_EQ(text(client, {"GET", key}), "v");
    EXPECT_TRUE(ask(client, {"GET", "other"})->is_nil());
    EXPECT_TRUE(ask(client, {"NONSENSE"})->is_error("ERR")) << "Redis' own errors are answers";
    EXPECT_EQ(client.server_run().size(), 40U);
    EXPECT_EQ(client.stats().connections, 1U);
    EXPECT_EQ(client.stats().failures, 0U);
    EXPECT_TRUE(client.stats().up);
}

TEST_F(redis_client_test, by_a_unix_socket_and_in_another_database) {
    test::redis_process redis;
    redis_client client(options_for("unix:" + redis.socket() + "?db=3"), log_);
    EXPECT_EQ(text(client, {"SET", "here", "yes"}), "OK");
    redis_client other(options_for(redis.url()), log_);
    EXPECT_TRUE(ask(other, {"GET", "here"})->is_nil());
}

TEST_F(redis_client_test, with_a_password_and_a_user) {
    test::redis_process redis({"requirepass open", "user latchkey on >sesame ~* +@all"});
    redis_client standard(options_for(redis.url(), "open"), log_);
    EXPECT_EQ(text(standard, {"ACL", "WHOAMI"}), "default");
    redis_client named(options_for("redis://latchkey@127.0.0.1:" + std::to_string(redis.port()), "sesame"), log_);
    EXPECT_EQ(text(named, {"ACL", "WHOAMI"}), "latchkey");
    redis_client wrong(options_for(redis.url(), "hunter2"), log_);
    EXPECT_FALSE(ask(wrong, {"PING"}));
    await_said("refused the password: WRONGPASS");
    redis_client without(options_for(redis.url()), log_);
    EXPECT_FALSE(ask(without, {"PING"}));
    await_said("wants a password: NOAUTH");
    EXPECT_EQ(log_.text().find("hunter2"), std::string::npos);
}

TEST_F(redis_client_test, runs_scripts_that_redis_has_forgotten) {
    test::redis_process redis;
    redis_client client(options_for(redis.url()), log_);
    const redis_script script("return ARGV[1] .. '!'");
    EXPECT_EQ(run_.await(client.run(script, {"once"}))->text, "once!");
    EXPECT_EQ(run_.await(client.run(script, {"again"}))->text, "again!");
    EXPECT_EQ(text(client, {"SCRIPT", "FLUSH"}), "OK");
    EXPECT_EQ(run_.await(client.run(script, {"anew"}))->text, "anew!");
}

// Every caller gets its own answer, however many share the connection.
TEST_F(redis_client_test, concurrent_callers_are_not_mixed_up) {
    constexpr int callers = 4, each = 500;
    std::array<boost::asio::io_context, callers>
        contexts;  // outlive the client, which may still be about to leave them
    test::redis_process redis;
    redis_client client(options_for(redis.url()), log_);
    std::atomic<int> right{0};
    std::vector<std::thread> crowd;
    for (int c = 0; c < callers; ++c)
        crowd.emplace_back([&, c] {
            auto& io = contexts[static_cast<std::size_t>(c)];
            for (int i = 0; i < each; ++i)
                boost::asio::co_spawn(
                    io,
                    [&, c, i]() -> task<void> {
                        const std::string mine = std::to_string(c) + '/' + std::to_string(i);
                        std::string command = redis_command({"ECHO", mine});
                        const auto reply = co_await client.ask(std::move(command));
                        right += reply && reply->text == mine ? 1 : 0;
                    },
                    [](std::exception_ptr e) { EXPECT_FALSE(e); });
            io.run();
        });
    for (auto& one : crowd)
        one.join();
    EXPECT_EQ(right, callers * each);
}

// As many as there is room for, and the rest hears so at once, while Redis says nothing to anybody.
TEST_F(redis_client_test, bounds_what_is_under_way) {
    boost::asio::io_context io(1);
    test::redis_process redis;
    auto options = options_for(redis.url());
    options.most_under_way = 10;
    options.timeout = milliseconds{60'000};
    redis_client client(options, log_);
    await_up(client);
    redis.freeze();
    int refused = 0, answered = 0;
    for (int i = 0; i < 15; ++i)
        boost::asio::co_spawn(
            io,
            [&]() -> task<void> {
                std::string command = redis_command({"PING"});
                const auto reply = co_await client.ask(std::move(command));
                ++(reply ? answered : refused);
                if (refused == 5)
                    redis.thaw();
            },
            [](std::exception_ptr e) { EXPECT_FALSE(e); });
    io.run();
    EXPECT_EQ(refused, 5);
    EXPECT_EQ(answered, 10);
    EXPECT_EQ(text(client, {"PING"}), "PONG") << "there is room again";
}

// Redis answers in order: who asks behind a command that waits there is no reason to end the connection.
TEST_F(redis_client_test, waits_behind_a_command_that_is_meant_to_wait) {
    boost::asio::io_context io(1);
    test::redis_process redis;
    auto options = options_for(redis.url());
    options.timeout = milliseconds{500};
    redis_client client(options, log_);
    await_up(client);
    std::vector<std::string> came;
    const auto ask_for = [&](std::vector<std::string_view> words, milliseconds within) {
        boost::asio::co_spawn(
            io,
            [&, command = redis_command(words), within]() mutable -> task<void> {
                const auto reply = co_await client.ask(std::move(command), within);
                came.push_back(reply ? reply->text : "nothing");
            },
            [](std::exception_ptr e) { EXPECT_FALSE(e); });
    };
    ask_for({"BLPOP", "none", "1"}, milliseconds{5'000});
    ask_for({"ECHO", "behind"}, milliseconds{0});
    io.run();
    EXPECT_EQ(came, (std::vector<std::string>{"", "behind"}));
    EXPECT_EQ(client.stats().connections, 1U);
}

TEST_F(redis_client_test, concurrent_stop_answers_whoever_waits) {
    runner own;
    test::redis_process redis;
    redis_client client(options_for(redis.url()), log_);
    await_up(client);
    std::thread waiting([&] {
        std::string command = redis_command({"BLPOP", "nothing", "0"});
        EXPECT_FALSE(own.await(client.ask(std::move(command), milliseconds{60'000})));
    });
    while (client.stats().commands < 2)  // the PING, and what waits
        std::this_thread::yield();
    client.stop();
    waiting.join();
    EXPECT_FALSE(ask(client, {"PING"})) << "nor is anybody served afterwards";
}

}  // namespace
}  // namespace latchkey::testing
