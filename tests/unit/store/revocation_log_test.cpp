#include "revocation_log.hpp"

#include "allocations.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace latchkey {
namespace {

public_id revoked_number(std::uint32_t n) {
    public_id id;
    std::memcpy(id.bytes.data(), &n, sizeof n);
    return id;
}

class revocation_log_test : public ::testing::Test {
protected:
    void add(std::uint32_t n) {
        const public_id one[] = {revoked_number(n)};
        log.add(one, clock.now());
    }
    manual_clock clock;
    revocation_log log{clock, seconds{300}};
};

TEST_F(revocation_log_test, goes_on_where_a_reader_was) {
    const auto empty = log.snapshot();
    EXPECT_TRUE(empty.entries.empty());
    EXPECT_TRUE(empty.complete);
    add(1);
    add(2);
    add(1);  // twice
    const auto two = log.since(empty.version);
    ASSERT_EQ(two.entries.size(), 2U);
    EXPECT_LT(two.entries[0].number, two.entries[1].number);
    EXPECT_EQ(two.version, two.entries[1].number);
    EXPECT_EQ(log.since(two.entries[0].number).entries.at(0).session, revoked_number(2));
    EXPECT_TRUE(log.since(two.version).entries.empty());
    // Positions that are not of this run
    // Piece by piece: the version is where the next one begins.
    const auto first = log.since(empty.version, 1);
    ASSERT_EQ(first.entries.size(), 1U);
    EXPECT_EQ(first.version, first.entries[0].number);
    const auto second = log.since(first.version, 1);
    ASSERT_EQ(second.entries.size(), 1U);
    EXPECT_EQ(second.version, two.version);
    EXPECT_TRUE(log.since(second.version, 1).entries.empty());
    for (const std::uint64_t position : {std::uint64_t{0}, std::uint64_t{17}, two.version + 1, ~std::uint64_t{0}})
        EXPECT_EQ(log.since(position).entries.size(), 2U) << position;
    EXPECT_LT(two.version, std::uint64_t{1} << 53);
}

TEST_F(revocation_log_test, forgets_what_no_token_can_need) {
    add(1);
    clock.advance(seconds{10});
    add(2);
    clock.advance(log.keep() - seconds{10});
    EXPECT_EQ(log.snapshot().entries.size(), 1U);
    log.forget_expired();
    const std::uint64_t before = log.version();
    add(2);  // is there still
    EXPECT_EQ(log.version(), before);
    const public_id late[] = {revoked_number(3)};
    log.add(late, clock.now() - log.keep());
    EXPECT_EQ(log.version(), before);
    EXPECT_TRUE(log.snapshot().complete);
}

// A reader that was behind when the oldest had to go is told; one that had seen them is not.
TEST_F(revocation_log_test, says_when_something_is_missing) {
    add(0);
    const std::uint64_t early = log.version();
    for (std::uint32_t n = 1; n < revocation_log::most; ++n)
        add(n);
    EXPECT_TRUE(log.snapshot().complete);
    add(1'000'000);
    EXPECT_FALSE(log.snapshot().complete);
    EXPECT_TRUE(log.since(early).complete);
    EXPECT_EQ(log.snapshot().entries.size(), revocation_log::most);
    add(1'000'001);
    EXPECT_FALSE(log.since(early).complete);
    EXPECT_TRUE(log.since(early + 1).complete);
    clock.advance(log.keep());
    EXPECT_TRUE(log.snapshot().complete);  // what is missing is dead
    EXPECT_TRUE(log.snapshot().entries.empty());
}

// E5: without memory a session is missing, and a reader hears of that.
TEST_F(revocation_log_test, a_failed_allocation_does_not_pass_unseen) {
    unsigned missing = 0;
    for (std::uint32_t n = 0; n < 3000; ++n) {
        const std::uint64_t before = log.version();
        {
            testing::failing_allocation fault(n % 2);
            add(n);
        }
        const auto news = log.since(before);
        EXPECT_EQ(news.version, before + 1);
        EXPECT_EQ(news.complete, news.entries.size() == 1);
        missing += news.complete ? 0 : 1;
    }
    EXPECT_GT(missing, 3U);
    EXPECT_EQ(log.snapshot().entries.size(), 3000U - missing);
}

// When unsubscribe() has returned, the callback does not run any more.
TEST_F(revocation_log_test, subscribers_come_and_go_while_sessions_end) {
    std::atomic<bool> over{false};
    std::thread ending([&] {
        for (std::uint32_t n = 0; !over; n = (n + 1) % 60'000)
            add(n);
    });
    for (int i = 0; i < 2000; ++i) {
        auto alive = std::make_unique<std::atomic<std::uint64_t>>(0);
        const auto subscription = log.subscribe([&log = log, at = alive.get()] { *at = log.version(); });
        if (i % 10 == 0)
            (void)log.snapshot();
        log.unsubscribe(subscription);
        alive.reset();
        if (i % 100 == 0)
            clock.advance(log.keep());
    }
    over = true;
    ending.join();
}

TEST(revocation_numbers, ascend_from_run_to_run) {
    manual_clock clock;
    const std::uint64_t first = revocation_log(clock, seconds{300}).version();
    clock.advance(seconds{1});
    // Runs are told apart by the microsecond in which they begin.
    for (const auto begun = std::chrono::system_clock::now();
         std::chrono::system_clock::now() - begun < std::chrono::microseconds(2);) {
    }
    EXPECT_GT(revocation_log(clock, seconds{300}).version(), first);
}

}  // namespace
}  // namespace latchkey
