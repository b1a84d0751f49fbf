// What a store counts: every session that began has ended for one reason, or is there.
#include "session_store_contract.hpp"

namespace latchkey::testing {
namespace {

void expect_balance(const session_store& store) {
    const auto stats = store.stats();
    EXPECT_EQ(stats.live, store.size());
    EXPECT_EQ(stats.created - stats.signed_out - stats.revoked - stats.over_cap - stats.expired, stats.live);
}

TEST_P(session_store_contract, counts_why_sessions_end) {
    options.max_per_user = 2;
    options.max_total = 10;
    session_store& counted = make();
    EXPECT_EQ(counted.stats().limit, 10U);
    for (std::uint64_t n = 1; n <= 3; ++n)
        ASSERT_TRUE(insert(n, alice));  // the first one ends for the third
    for (std::uint64_t n = 4; n <= 5; ++n)
        ASSERT_TRUE(insert(n, bob));
    EXPECT_FALSE(erase(1)) << "it is no more, so that it isn't counted again";
    ASSERT_TRUE(erase(2));
    ASSERT_TRUE(run.await(counted.erase(bob->id, nth_id(4))).value());
    EXPECT_EQ(erase_user(bob), 1U);
    ASSERT_TRUE(rotate(3, 30));
    EXPECT_FALSE(rotate(99, 31));
    expect_balance(counted);
    clock.advance(options.idle_timeout);
    sweep_all();

    const auto stats = counted.stats();
    EXPECT_EQ(stats.created, 5U);
    EXPECT_EQ(stats.rotated, 1U);
    EXPECT_EQ(stats.over_cap, 1U);
    EXPECT_EQ(stats.signed_out, 1U);
    EXPECT_EQ(stats.revoked, 2U);
    EXPECT_EQ(stats.expired, 1U);
    EXPECT_EQ(stats.live, 0U);
}

// Whoever clears a dead session away, it expired.
TEST_P(session_store_contract, counts_the_dead_as_expired) {
    session_store& counted = make();
    for (std::uint64_t n = 1; n <= 3; ++n)
        ASSERT_TRUE(insert(n, alice));
    clock.advance(options.idle_timeout);
    EXPECT_FALSE(erase(1));
    EXPECT_EQ(erase_user(alice), 0U);
    EXPECT_EQ(counted.stats().expired, 3U);
    EXPECT_EQ(counted.stats().signed_out + counted.stats().revoked, 0U);
    expect_balance(counted);
}

TEST_P(session_store_contract, counts_no_session_that_never_was) {
    options.max_total = 1;
    session_store& counted = make();
    ASSERT_TRUE(insert(1, alice));
    EXPECT_FALSE(insert(2, bob));
    EXPECT_FALSE(insert(1, bob)) << "the key is taken";
    EXPECT_EQ(counted.stats().created, 1U);
    expect_balance(counted);
}

}  // namespace
}  // namespace latchkey::testing
