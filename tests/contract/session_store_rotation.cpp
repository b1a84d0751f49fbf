// R2: a session that goes on under a new key, and the client that has only the old one.
#include "session_store_contract.hpp"

namespace latchkey::testing {
namespace {

TEST_P(session_store_contract, rotation_keeps_the_session_and_kills_the_key) {
    const auto before = insert(1, alice, true);
    ASSERT_TRUE(before);
    clock.advance(seconds{100});
    const auto rotated = rotate(1, 2);
    ASSERT_TRUE(rotated);
    EXPECT_FALSE(alive(1));
    const auto found = find(2);
    ASSERT_TRUE(found);
    for (const session& s : {*rotated, *found}) {
        EXPECT_EQ(s.id, nth_id(1));
        EXPECT_EQ(s.user->id, alice->id);
        EXPECT_EQ(s.created_at, before->created_at);
        EXPECT_EQ(s.expires_at, before->expires_at);
        EXPECT_EQ(s.authenticated_at, clock.now());
        EXPECT_EQ(s.last_seen_at, clock.now());
        EXPECT_TRUE(s.remembered);
        EXPECT_EQ(s.ip, before->ip);
    }
    EXPECT_EQ(list(alice).size(), 1U);
    EXPECT_EQ(list(alice).at(0).user_agent, "agent 1");
    EXPECT_EQ(store().size(), 1U);
    EXPECT_TRUE(erase(2));
    EXPECT_EQ(store().size(), 0U);
}

TEST_P(session_store_contract, the_old_key_is_recognised_for_the_grace_only) {
    ASSERT_TRUE(insert(1, alice));
    EXPECT_FALSE(find_rotated(1));  // not rotated
    ASSERT_TRUE(rotate(1, 2));
    EXPECT_FALSE(find_rotated(2));
    EXPECT_FALSE(find_rotated(3));
    clock.advance(rotation_grace - seconds{1});
    const auto meant = find_rotated(1);
    ASSERT_TRUE(meant);
    EXPECT_EQ(meant->id, nth_id(1));
    EXPECT_EQ(meant->last_seen_at, clock.now() - (rotation_grace - seconds{1}));  // untouched
    EXPECT_FALSE(alive(1));
    clock.advance(seconds{1});
    EXPECT_FALSE(find_rotated(1));
    EXPECT_FALSE(rotate(1, 3));
    EXPECT_FALSE(erase(1));
    EXPECT_TRUE(alive(2));
}

// The answer with key 2 was lost: the client tries again with key 1.
TEST_P(session_store_contract, rotates_again_by_the_old_key) {
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(rotate(1, 2));
    clock.advance(seconds{30});
    ASSERT_TRUE(rotate(1, 3));
    EXPECT_FALSE(alive(1));
    EXPECT_FALSE(alive(2));
    EXPECT_EQ(find(3)->id, nth_id(1));
    EXPECT_TRUE(find_rotated(1));
    EXPECT_TRUE(find_rotated(2));
    clock.advance(seconds{30});  // the grace of a key runs from its own end
    EXPECT_FALSE(find_rotated(1));
    EXPECT_TRUE(find_rotated(2));
    EXPECT_EQ(store().size(), 1U);
}

TEST_P(session_store_contract, ends_by_the_old_key) {
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(insert(9, alice));
    ASSERT_TRUE(rotate(1, 2));
    const auto ended = erase(1);
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->id, nth_id(1));
    EXPECT_FALSE(alive(2));
    EXPECT_FALSE(find_rotated(1));
    EXPECT_FALSE(erase(1));
    EXPECT_FALSE(rotate(1, 3));
    EXPECT_FALSE(rotate(2, 3));
    EXPECT_TRUE(alive(9));
}

TEST_P(session_store_contract, rotates_only_what_lives) {
    EXPECT_FALSE(rotate(1, 2));
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(insert(3, alice));
    ASSERT_TRUE(erase(1));
    EXPECT_FALSE(rotate(1, 2));
    clock.advance(options.idle_timeout);
    EXPECT_FALSE(rotate(3, 4));
    EXPECT_FALSE(alive(2));
    EXPECT_FALSE(alive(4));
    EXPECT_TRUE(list(alice).empty());
}

// T1, T2: the idle time starts anew, the absolute end stays.
TEST_P(session_store_contract, rotation_counts_as_activity) {
    const time_point end = insert(1, alice)->expires_at;
    clock.advance(options.idle_timeout - seconds{1});
    ASSERT_TRUE(rotate(1, 2));
    clock.advance(options.idle_timeout - seconds{1});
    EXPECT_EQ(find(2)->expires_at, end);
    clock.advance(options.idle_timeout);
    EXPECT_FALSE(alive(2));
}

// A key that is there already is a bug of the caller's. Nobody's session may change hands by it.
TEST_P(session_store_contract, refuses_to_rotate_to_a_key_in_use) {
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(insert(2, bob));
    for (const std::uint64_t taken : {1U, 2U}) {
        const auto answer = run.await(store().rotate(nth_key(1), nth_key(taken)));
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error(), errc::store_unavailable);
    }
    EXPECT_EQ(find(1)->user->id, alice->id);
    EXPECT_EQ(find(2)->user->id, bob->id);
    EXPECT_EQ(store().size(), 2U);
}

// V5: a rotated session is as old as before.
TEST_P(session_store_contract, rotation_keeps_the_order_of_sessions) {
    options.max_per_user = 3;
    make();
    for (std::uint64_t n = 1; n <= 3; ++n) {
        ASSERT_TRUE(insert(n, alice));
        clock.advance(seconds{1});
    }
    ASSERT_TRUE(rotate(1, 11));
    EXPECT_EQ(list(alice).back().value.id, nth_id(1));
    ASSERT_TRUE(insert(4, alice));
    EXPECT_FALSE(alive(11));
    EXPECT_FALSE(find_rotated(1));
    EXPECT_TRUE(alive(2));
}

// V3: the new key goes with all the others.
TEST_P(session_store_contract, erase_user_ends_rotated_sessions) {
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(rotate(1, 2));
    EXPECT_EQ(erase_user(alice), 1U);
    EXPECT_FALSE(alive(2));
    EXPECT_FALSE(find_rotated(1));
    EXPECT_FALSE(rotate(1, 3));
}

TEST_P(session_store_contract, rotates_a_thousand_times) {
    ASSERT_TRUE(insert(0, alice));
    for (std::uint64_t n = 0; n < 1000; ++n) {
        ASSERT_TRUE(rotate(n, n + 1));
        ASSERT_FALSE(alive(n));
    }
    EXPECT_EQ(find(1000)->id, nth_id(0));
    for (std::uint64_t n = 0; n < 1000; ++n)
        EXPECT_TRUE(find_rotated(n)) << n;
    EXPECT_EQ(store().size(), 1U);
    EXPECT_TRUE(erase(0));  // the first key, within its grace
    EXPECT_EQ(store().size(), 0U);
}

}  // namespace
}  // namespace latchkey::testing
