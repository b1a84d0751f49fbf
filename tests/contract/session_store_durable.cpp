// D1, D3, V4: what a store that keeps sessions has acknowledged is there after a crash, and what ended is not.
#include "session_store_contract.hpp"

#include <map>

namespace latchkey::testing {
namespace {

TEST_P(session_store_durable, what_began_is_there_after_a_crash) {
    clock.advance(seconds{5});
    ASSERT_TRUE(insert(1, alice, true));
    clock.advance(seconds{7});
    ASSERT_TRUE(insert(2, alice));
    ASSERT_TRUE(insert(3, bob));
    const auto before = list(alice);
    crash();
    const auto after = list(alice);
    ASSERT_EQ(after.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(after[i].value.id, before[i].value.id);
        EXPECT_EQ(after[i].value.created_at, before[i].value.created_at);
        EXPECT_EQ(after[i].value.authenticated_at, before[i].value.authenticated_at);
        EXPECT_EQ(after[i].value.last_seen_at, before[i].value.last_seen_at);
        EXPECT_EQ(after[i].value.expires_at, before[i].value.expires_at);
        EXPECT_EQ(after[i].value.idle_expires_at, before[i].value.idle_expires_at);
        EXPECT_EQ(after[i].value.remembered, before[i].value.remembered);
        EXPECT_EQ(after[i].value.ip, before[i].value.ip);
        EXPECT_EQ(after[i].value.user->email(), alice->email());
        EXPECT_EQ(after[i].user_agent, before[i].user_agent);
    }
    EXPECT_EQ(find(1)->id, nth_id(1));
    EXPECT_EQ(find(3)->user->id, bob->id);
    EXPECT_EQ(find(1)->user, find(2)->user);  // one picture for all sessions of a user
    EXPECT_EQ(store().size(), 3U);
}

TEST_P(session_store_durable, what_ended_stays_ended_after_a_crash) {
    for (std::uint64_t n = 1; n <= 6; ++n)
        ASSERT_TRUE(insert(n, alice));
    ASSERT_TRUE(erase(1));
    const public_id second = nth_id(2);
    const public_id third = nth_id(3);
    ASSERT_TRUE(run.await(store().erase(alice->id, second)).value());
    ASSERT_TRUE(run.await(store().erase_anyones(third)).value());
    crash();
    for (std::uint64_t n = 1; n <= 6; ++n)
        EXPECT_EQ(alive(n), n > 3) << n;
    EXPECT_EQ(run.await(store().erase_user(alice->id, nth_id(5))).value(), 2U);
    crash();
    for (std::uint64_t n = 1; n <= 6; ++n)
        EXPECT_EQ(alive(n), n == 5) << n;
}

// R2, and the client that retries, across a crash.
TEST_P(session_store_durable, rotation_survives_a_crash) {
    ASSERT_TRUE(insert(1, alice));
    clock.advance(seconds{100});
    ASSERT_TRUE(rotate(1, 2));
    crash();
    EXPECT_FALSE(alive(1));
    EXPECT_EQ(find(2)->id, nth_id(1));
    EXPECT_EQ(find(2)->authenticated_at, clock.now());
    EXPECT_EQ(find(2)->created_at, clock.now() - seconds{100});
    clock.advance(rotation_grace - seconds{1});
    crash();
    EXPECT_EQ(find_rotated(1)->id, nth_id(1));
    ASSERT_TRUE(rotate(1, 3));
    crash();
    EXPECT_FALSE(alive(2));
    EXPECT_EQ(find(3)->id, nth_id(1));
    // The client never saw key 2: what it holds is what must be remembered.
    EXPECT_TRUE(find_rotated(1));
    clock.advance(rotation_grace);
    crash();
    EXPECT_FALSE(find_rotated(1));
    EXPECT_FALSE(erase(1));
    EXPECT_TRUE(alive(3));
}

// V5: so is what the cap ended, and the order of sessions by which the next one to go is found.
TEST_P(session_store_durable, the_cap_is_kept_across_a_crash) {
    options.max_per_user = 3;
    store().configure(options);
    for (std::uint64_t n = 1; n <= 5; ++n) {
        ASSERT_TRUE(insert(n, alice));
        clock.advance(seconds{1});
    }
    crash();
    for (std::uint64_t n = 1; n <= 5; ++n)
        EXPECT_EQ(alive(n), n > 2) << n;
    ASSERT_TRUE(insert(6, alice));
    EXPECT_FALSE(alive(3));
    EXPECT_TRUE(alive(4));
}

// V4: time goes on while nobody serves.
TEST_P(session_store_durable, what_expired_does_not_come_back) {
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(insert(2, alice, true));
    clock.advance(options.idle_timeout - seconds{1});
    crash();
    EXPECT_TRUE(alive(2));
    clock.advance(seconds{1});  // 1 was not seen since
    crash();
    EXPECT_FALSE(alive(1));
    EXPECT_TRUE(alive(2));
    sweep_all();
    EXPECT_EQ(store().size(), 1U);
}

// V4: neither do longer time-outs bring back what was dead by the ones before.
TEST_P(session_store_durable, what_died_by_older_limits_does_not_come_back) {
    ASSERT_TRUE(insert(1, alice));
    clock.advance(options.idle_timeout);
    options.idle_timeout *= 4;
    store().configure(options);
    restart();
    EXPECT_FALSE(alive(1));
    sweep_all();
    EXPECT_FALSE(alive(1));
    EXPECT_EQ(store().size(), 0U);
}

TEST_P(session_store_beside_users, sessions_of_unknown_users_do_not_come_back) {
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(insert(2, nth_user(77)));
    crash();
    EXPECT_TRUE(alive(1));
    EXPECT_FALSE(alive(2));
}

// What a user did last counts after an orderly stop; after a crash, what was done some minutes before it.
TEST_P(session_store_durable, activity_is_kept_lazily) {
    ASSERT_TRUE(insert(1, alice));
    clock.advance(seconds{200});
    ASSERT_TRUE(alive(1));
    restart();
    EXPECT_EQ(list(alice).at(0).value.last_seen_at, clock.now());
    clock.advance(seconds{900});
    ASSERT_TRUE(alive(1));
    const time_point used = clock.now();
    sweep_all();
    restart();
    EXPECT_EQ(list(alice).at(0).value.last_seen_at, used);
}

// D3: an error, never a false success; and nothing has changed, now or after a crash.
TEST_P(session_store_durable, a_failed_write_changes_nothing) {
    options.max_per_user = 3;
    store().configure(options);
    for (std::uint64_t n = 1; n <= 3; ++n) {
        ASSERT_TRUE(insert(n, alice));
        clock.advance(seconds{1});
    }
    ASSERT_TRUE(rotate(3, 13));
    const public_id first = nth_id(1);
    for (const bool crashed : {false, true}) {
        backing().fail(true);
        EXPECT_EQ(insert(4, alice).error(), errc::store_unavailable);  // would end 1
        EXPECT_EQ(insert(5, bob).error(), errc::store_unavailable);
        EXPECT_EQ(run.await(store().rotate(nth_key(1), nth_key(6))).error(), errc::store_unavailable);
        EXPECT_EQ(run.await(store().rotate(nth_key(3), nth_key(6))).error(), errc::store_unavailable);
        EXPECT_EQ(run.await(store().erase(nth_key(1))).error(), errc::store_unavailable);
        EXPECT_EQ(run.await(store().erase(nth_key(3))).error(), errc::store_unavailable);
        EXPECT_EQ(run.await(store().erase(alice->id, first)).error(), errc::store_unavailable);
        EXPECT_EQ(run.await(store().erase_anyones(first)).error(), errc::store_unavailable);
        EXPECT_EQ(run.await(store().erase_user(alice->id)).error(), errc::store_unavailable);
        backing().fail(false);
        if (crashed)
            crash();
        for (const std::uint64_t n : {1U, 2U, 13U})
            EXPECT_TRUE(alive(n)) << n;
        for (const std::uint64_t n : {3U, 4U, 5U, 6U})
            EXPECT_FALSE(alive(n)) << n;
        EXPECT_TRUE(find_rotated(3));
        EXPECT_FALSE(find_rotated(1));
        EXPECT_TRUE(list(bob).empty());
        EXPECT_EQ(store().size(), 3U);
    }
    EXPECT_TRUE(insert(4, alice));
    EXPECT_FALSE(alive(1));
    EXPECT_TRUE(insert(5, bob));
    EXPECT_TRUE(erase(5));
    EXPECT_EQ(erase_user(alice), 3U);
}

// D1, V4: random acts and crashes against a ledger of what was acknowledged.
TEST_P(session_store_durable, a_ledger_of_acts_holds_across_crashes) {
    options.max_per_user = 1000;
    store().configure(options);
    std::mt19937_64 random(11);
    std::map<std::uint64_t, std::uint64_t> keys;  // session -> the number of its key
    std::vector<std::uint64_t> dead;
    std::uint64_t next = 0;
    for (int round = 0; round < 20; ++round) {
        for (int act = 0; act < 30; ++act) {
            const std::uint64_t dice = random() % 10;
            if (dice < 5 || keys.empty()) {
                ASSERT_TRUE(insert(next, next % 2 == 0 ? alice : bob));
                keys[next] = next;
                ++next;
                continue;
            }
            auto some = std::next(keys.begin(), static_cast<std::ptrdiff_t>(random() % keys.size()));
            dead.push_back(some->second);
            if (dice < 7) {
                ASSERT_TRUE(rotate(some->second, next));
                some->second = next++;
            } else {
                ASSERT_TRUE(erase(some->second));
                keys.erase(some);
            }
        }
        clock.advance(seconds{1});
        round % 2 == 0 ? crash() : restart();
        for (const auto& [session, key] : keys)
            ASSERT_EQ(find(key).value().id, nth_id(session));
        for (const std::uint64_t key : dead)
            ASSERT_FALSE(alive(key));
        ASSERT_EQ(store().size(), keys.size());
    }
}

}  // namespace
}  // namespace latchkey::testing
