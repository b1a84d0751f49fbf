// J6: a key that is used once. Who comes second with it learns that it was rotated away, and how long ago.
#include "session_store_contract.hpp"

#include <atomic>
#include <deque>
#include <thread>

namespace latchkey::testing {
namespace {

TEST_P(session_store_contract, a_refresh_keeps_the_session_and_the_time_of_its_proof) {
    const auto before = insert(1, alice, true);
    ASSERT_TRUE(before);
    clock.advance(seconds{100});
    const auto refreshed = refresh(1, 2);
    ASSERT_TRUE(refreshed);
    EXPECT_FALSE(alive(1));
    const auto found = find(2);
    ASSERT_TRUE(found);
    for (const session& s : {*refreshed, *found}) {
        EXPECT_EQ(s.id, nth_id(1));
        EXPECT_EQ(s.user->id, alice->id);
        EXPECT_EQ(s.created_at, before->created_at);
        EXPECT_EQ(s.authenticated_at, before->authenticated_at);
        EXPECT_EQ(s.last_seen_at, clock.now());
        EXPECT_EQ(s.expires_at, before->expires_at);
    }
    EXPECT_EQ(store().size(), 1U);
}

TEST_P(session_store_contract, a_key_is_refreshed_once) {
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(refresh(1, 2));
    EXPECT_EQ(rotated_ago(1), seconds{0});
    clock.advance(seconds{30});
    EXPECT_FALSE(refresh(1, 3));
    EXPECT_FALSE(alive(3));
    EXPECT_TRUE(alive(2));
    EXPECT_EQ(rotated_ago(1), seconds{30});
    EXPECT_EQ(rotated_ago(2), std::nullopt);
    ASSERT_TRUE(refresh(2, 4));
    EXPECT_FALSE(refresh(1, 2));  // again with the same two keys, now that both are old
    EXPECT_FALSE(refresh(2, 4));
    EXPECT_EQ(rotated_ago(1), seconds{30});  // by its own end
    EXPECT_EQ(rotated_ago(2), seconds{0});
    clock.advance(rotation_grace - seconds{31});
    EXPECT_EQ(rotated_ago(1), rotation_grace - seconds{1});
    clock.advance(seconds{1});
    EXPECT_EQ(rotated_ago(1), std::nullopt);
    // A password still counts for a key that was refreshed away.
    ASSERT_TRUE(rotate(2, 5));
    EXPECT_FALSE(alive(4));
    EXPECT_EQ(find(5)->authenticated_at, clock.now());
}

TEST_P(session_store_contract, refreshes_only_what_lives) {
    EXPECT_FALSE(refresh(1, 2));
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(insert(3, alice));
    ASSERT_TRUE(erase(1));
    EXPECT_FALSE(refresh(1, 2));
    clock.advance(options.idle_timeout);
    EXPECT_FALSE(refresh(3, 4));
    EXPECT_FALSE(alive(2));
    EXPECT_FALSE(alive(4));
    ASSERT_TRUE(insert(5, alice));
    EXPECT_EQ(run.await(store().rotate(nth_key(5), nth_key(5), rotation_cause::refreshed)).error(),
              errc::store_unavailable);
    EXPECT_TRUE(alive(5));
}

TEST_P(session_store_contract, finds_a_session_by_its_user_and_name) {
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(insert(2, alice));
    ASSERT_TRUE(insert(3, bob));
    EXPECT_EQ(find_named(alice, 1)->id, nth_id(1));
    EXPECT_EQ(find_named(alice, 2)->user->id, alice->id);
    EXPECT_FALSE(find_named(alice, 3));  // another's
    EXPECT_FALSE(find_named(bob, 1));
    EXPECT_FALSE(find_named(nth_user(9), 1));
    EXPECT_FALSE(find_named(alice, 9));
    ASSERT_TRUE(refresh(1, 11));  // the name goes with the session
    EXPECT_TRUE(find_named(alice, 1));
    ASSERT_TRUE(erase(11));
    EXPECT_FALSE(find_named(alice, 1));
    EXPECT_EQ(erase_user(alice), 1U);
    EXPECT_FALSE(find_named(alice, 2));
}

// T1, T2: looked at by name, a session lives and is touched as by its key.
TEST_P(session_store_contract, a_look_by_name_touches) {
    const time_point end = insert(1, alice)->expires_at;
    clock.advance(options.idle_timeout - seconds{1});
    EXPECT_EQ(find_named(alice, 1)->last_seen_at, clock.now());
    clock.advance(options.idle_timeout - seconds{1});
    EXPECT_EQ(find_named(alice, 1)->expires_at, end);
    clock.advance(options.idle_timeout);
    EXPECT_FALSE(find_named(alice, 1));
    EXPECT_FALSE(alive(1));
}

// J6: the time of a rotation survives, and so does what the session had proved before.
TEST_P(session_store_durable, a_refresh_survives_a_crash) {
    const auto before = insert(1, alice, true);
    clock.advance(seconds{100});
    ASSERT_TRUE(refresh(1, 2));
    clock.advance(seconds{20});
    crash();
    EXPECT_FALSE(alive(1));
    EXPECT_EQ(find(2)->authenticated_at, before->authenticated_at);
    EXPECT_EQ(find(2)->id, nth_id(1));
    EXPECT_EQ(rotated_ago(1), seconds{20});
    EXPECT_FALSE(refresh(1, 3));
    clock.advance(seconds{39});
    restart();
    EXPECT_EQ(rotated_ago(1), seconds{59});
    clock.advance(seconds{1});
    restart();
    EXPECT_EQ(rotated_ago(1), std::nullopt);
    EXPECT_TRUE(alive(2));
}

TEST_P(session_store_durable, a_refresh_that_fails_changes_nothing) {
    ASSERT_TRUE(insert(1, alice));
    backing().fail(true);
    EXPECT_EQ(run.await(store().rotate(nth_key(1), nth_key(2), rotation_cause::refreshed)).error(),
              errc::store_unavailable);
    backing().fail(false);
    EXPECT_TRUE(alive(1));
    EXPECT_FALSE(alive(2));
    EXPECT_EQ(rotated_ago(1), std::nullopt);
    crash();
    EXPECT_TRUE(refresh(1, 2));
}

// J6: fifty at a time with one key. One gets the session, and the others find the key rotated away at once.
TEST_P(session_store_concurrent, one_of_fifty_refreshes_wins) {
    constexpr unsigned crowd = 50;
    const std::uint64_t rounds = GetParam().races == many_races ? 40 : 5;
    options.max_per_user = rounds;
    session_store& sessions = make();
    for (std::uint64_t i = 0; i < rounds; ++i)
        ASSERT_TRUE(insert(i, alice));
    std::vector<std::atomic<unsigned>> winners(rounds);
    std::atomic<std::uint64_t> arrived{0};
    std::atomic<unsigned> lost{0};
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < crowd; ++t)
        threads.emplace_back([&, t, &own = runners.emplace_back()] {
            for (std::uint64_t i = 0; i < rounds; ++i) {
                arrived.fetch_add(1);
                while (arrived.load() < crowd * (i + 1))
                    std::this_thread::yield();
                // All with a key of their own, or all with the same one.
                const session_key mine = nth_key(1'000'000 + i * crowd + (i % 2 == 0 ? t : 0));
                if (own.await(sessions.rotate(nth_key(i), mine, rotation_cause::refreshed)).value()) {
                    winners[i].fetch_add(1);
                    continue;
                }
                const auto known = own.await(sessions.find_rotated(nth_key(i))).value();
                lost.fetch_add(known && known->value.id == nth_id(i) ? 0 : 1);
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(lost, 0U);
    for (std::uint64_t i = 0; i < rounds; ++i) {
        EXPECT_EQ(winners[i], 1U);
        unsigned living = 0;
        for (unsigned t = 0; t < crowd; ++t)
            living += alive(1'000'000 + i * crowd + t) ? 1 : 0;
        EXPECT_EQ(living, 1U);
        EXPECT_FALSE(alive(i));
    }
    EXPECT_EQ(sessions.size(), rounds);
}

// J6, V4: a replay ends the session while the thief refreshes it: it stays ended, under every key and by its name.
TEST_P(session_store_concurrent, a_refresh_never_revives) {
    const std::uint64_t races = std::max<std::uint64_t>(20, GetParam().races / 40);
    options.max_per_user = races;
    session_store& sessions = make();
    for (std::uint64_t i = 0; i < races; ++i)
        ASSERT_TRUE(insert(i, alice));
    std::atomic<std::uint64_t> turn{0};
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 2; ++t)
        threads.emplace_back([&, t, &own = runners.emplace_back()] {
            for (std::uint64_t i = 0; i < races; ++i) {
                turn.fetch_add(1);
                while (turn.load() < 2 * (i + 1))
                    std::this_thread::yield();
                const public_id id = nth_id(i);
                if (t == 0) {
                    own.await(sessions.rotate(nth_key(i), nth_key(i + 1'000'000), rotation_cause::refreshed)).value();
                } else {
                    EXPECT_TRUE(own.await(sessions.erase(alice->id, id)).value());
                    EXPECT_FALSE(own.await(sessions.find(alice->id, id)).value());
                }
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    for (std::uint64_t i = 0; i < races; ++i) {
        EXPECT_FALSE(alive(i));
        EXPECT_FALSE(alive(i + 1'000'000));
        EXPECT_FALSE(find_named(alice, i));
        EXPECT_EQ(rotated_ago(i), std::nullopt);
    }
    EXPECT_EQ(sessions.size(), 0U);
}

}  // namespace
}  // namespace latchkey::testing
