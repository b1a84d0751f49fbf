// E5: whichever allocation of a client of Redis fails, while it connects, asks or is answered: nobody waits for ever,
// the program goes on, and the client works again by itself.
#include "failing_memory.hpp"
#include "redis_client.hpp"
#include "redis_process.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <new>
#include <optional>
#include <system_error>

namespace latchkey {
namespace {

struct deaf_log final : logger {
    void write(log_level, std::string_view, std::initializer_list<log_field>) noexcept override {}
    std::uint64_t dropped() const noexcept override { return 0; }
};

class redis_allocation_failure : public ::testing::Test {
protected:
    void SetUp() override {
        testing::exempt_this_thread();
        if (test::redis_program().empty())
            GTEST_SKIP() << "no redis-server here";
        redis_.emplace();
        options_.url = parse_redis_url(redis_->url()).url;
        options_.name = "latchkey-test";
    }

    bool is_answered(redis_client& client) {
        std::optional<result<redis_reply>> got;
        boost::asio::co_spawn(
            io_,
            [&]() -> task<void> {
                std::string command = redis_command({"ECHO", "hello"});
                got = co_await client.ask(std::move(command));
            },
            [](std::exception_ptr e) { EXPECT_FALSE(e); });
        io_.restart();
        io_.run();
        return got && *got && (*got)->text == "hello";
    }
    void await_answer(redis_client& client) {
        const test::deadline until;
        while (!is_answered(client))
            ASSERT_FALSE(until.passed());
    }

    boost::asio::io_context io_{1};  // outlives the clients
    deaf_log log_;
    redis_client_options options_;
    std::optional<test::redis_process> redis_;
};

// The thread of the client alone is short of memory here.
TEST_F(redis_allocation_failure, while_it_connects) {
    std::uint64_t n = 1;
    for (bool failed = true; failed; ++n) {
        testing::fail_allocation(n);
        redis_client client(options_, log_);
        await_answer(client);
        failed = testing::stop_failing();
        ASSERT_FALSE(HasFailure()) << "allocation " << n;
        ASSERT_LT(n, 5'000U);
    }
    EXPECT_GT(n, 10U) << "there was something to fail";
    std::printf("    %d allocations\n", static_cast<int>(n) - 2);
}

TEST_F(redis_allocation_failure, while_it_is_asked) {
    std::uint64_t n = 1;
    for (bool failed = true; failed; ++n) {
        redis_client client(options_, log_);
        await_answer(client);
        testing::fail_allocation(n);
        (void)is_answered(client);
        failed = testing::stop_failing();
        await_answer(client);
        ASSERT_FALSE(HasFailure()) << "allocation " << n;
        ASSERT_LT(n, 5'000U);
    }
    std::printf("    %d allocations\n", static_cast<int>(n) - 2);
}

}  // namespace
}  // namespace latchkey
