// V1: reads of one key are shared, but nobody who asks after a logout's answer is told of the time before it.
#include "await.hpp"
#include "deadline.hpp"
#include "recording_logger.hpp"
#include "redis_process.hpp"
#include "redis_session_store.hpp"
#include "session_store_contract.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace latchkey::testing {
namespace {

// An io thread that goes on only when the test lets it.
class halted_reader {
public:
    void ask(session_store& store, const session_key& key) {
        boost::asio::co_spawn(io_, store.find(key), [this](std::exception_ptr, result<std::optional<session>> said) {
            answer_ = std::move(said);
        });
        io_.poll();
    }
    const std::optional<result<std::optional<session>>>& finish() {
        for (const test::deadline until; !answer_ && !until.passed();) {
            io_.restart();
            io_.run_for(std::chrono::milliseconds(5));
        }
        return answer_;
    }

private:
    boost::asio::io_context io_{1};
    std::optional<result<std::optional<session>>> answer_;
};

class redis_shared_read : public ::testing::Test {
protected:
    std::unique_ptr<redis_session_store> open() {
        redis_session_store_options how;
        how.client.url = parse_redis_url(redis_.url()).url;
        how.client.timeout = milliseconds{10'000};
        auto store = make_redis_session_store(std::move(how), clock_, log_);
        for (const test::deadline until; !store->ready();)
            if (until.passed())
                throw std::runtime_error("the store does not become ready: " + log_.text());
        return store;
    }
    void log_in() {
        new_session fresh;
        fresh.id = nth_id(1);
        fresh.user = nth_user(1);
        ASSERT_TRUE(run_.await(elsewhere_->insert(nth_key(1), fresh)));
    }
    // Asks for the key of the test, and leaves the answer lying: the connection is one, so whatever is asked next is
    // answered behind it, and its io thread does not know yet.
    void leave_a_read_under_way() {
        ASSERT_TRUE(run_.await(store_->find(nth_key(99))));  // Redis knows the script from now on
        const std::uint64_t before = store_->redis().commands.commands;
        first_.ask(*store_, nth_key(1));
        for (const test::deadline until; store_->redis().commands.commands == before;)
            ASSERT_FALSE(until.passed());
    }

    test::redis_process redis_;
    manual_clock clock_;
    recording_logger log_;
    runner run_;
    halted_reader first_, second_;
    std::unique_ptr<redis_session_store> elsewhere_ = open();  // where people log in
    std::unique_ptr<redis_session_store> store_ = open();      // which has nothing in its table
};

TEST_F(redis_shared_read, who_comes_after_a_logout_reads_again) {
    log_in();
    leave_a_read_under_way();
    ASSERT_TRUE(run_.await(store_->erase(nth_key(1))).value());
    second_.ask(*store_, nth_key(1));
    ASSERT_TRUE(first_.finish());
    EXPECT_TRUE(first_.finish()->value());  // it was asked before
    ASSERT_TRUE(second_.finish());
    EXPECT_FALSE(second_.finish()->value());
}

}  // namespace
}  // namespace latchkey::testing
