// V3, V4, D1: what was ended on purpose is listed for services that check tokens alone, before anybody has an answer.
#include "session_store_contract.hpp"

#include <atomic>
#include <thread>

namespace latchkey::testing {
namespace {

using numbers = std::vector<std::uint64_t>;

TEST_P(session_store_contract, lists_every_end_on_purpose) {
    options.max_per_user = 7;
    make();
    for (std::uint64_t n = 1; n <= 7; ++n) {
        ASSERT_TRUE(insert(n, alice));
        clock.advance(seconds{1});
    }
    ASSERT_TRUE(insert(20, bob));
    EXPECT_EQ(listed(), numbers{});
    ASSERT_TRUE(insert(8, alice));  // beyond the cap
    EXPECT_EQ(listed(), numbers{1});
    ASSERT_TRUE(erase(2));
    EXPECT_EQ(listed(), (numbers{1, 2}));
    const public_id third = nth_id(3);
    const public_id fourth = nth_id(4);
    ASSERT_TRUE(run.await(store().erase(alice->id, third)).value());
    ASSERT_TRUE(run.await(store().erase_anyones(fourth)).value());
    EXPECT_EQ(listed(), (numbers{1, 2, 3, 4}));
    ASSERT_TRUE(rotate(5, 15));
    ASSERT_TRUE(erase(5));  // by the key before
    EXPECT_EQ(listed(), (numbers{1, 2, 3, 4, 5}));
    EXPECT_EQ(run.await(store().erase_user(alice->id, nth_id(7))).value(), 2U);
    EXPECT_EQ(listed(), (numbers{1, 2, 3, 4, 5, 6, 8}));
    EXPECT_TRUE(revoked().snapshot().complete);
}

TEST_P(session_store_contract, lists_no_other_ends) {
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(insert(2, alice));
    const std::uint64_t before = revoked().version();
    ASSERT_TRUE(rotate(1, 11));
    ASSERT_TRUE(refresh(2, 12));
    EXPECT_FALSE(erase(50));
    EXPECT_EQ(erase_user(bob), 0U);
    clock.advance(options.idle_timeout);
    sweep_all();
    EXPECT_EQ(store().size(), 0U);
    EXPECT_EQ(listed(), numbers{});
    EXPECT_EQ(revoked().version(), before);
}

TEST_P(session_store_contract, lists_an_end_for_as_long_as_a_token_lives) {
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(erase(1));
    clock.advance(revoked().keep() - seconds{1});
    EXPECT_EQ(listed(), numbers{1});
    clock.advance(seconds{1});
    EXPECT_EQ(listed(), numbers{});
}

// Whoever is woken finds the session dead and listed.
TEST_P(session_store_contract, tells_of_an_end_when_it_is_dead_and_listed) {
    ASSERT_TRUE(insert(1, alice));
    const std::size_t size = store().size();
    unsigned told = 0;
    const auto subscription = revoked().subscribe([&] {
        ++told;
        EXPECT_EQ(listed(), numbers{1});
        EXPECT_EQ(store().size(), size - 1);
    });
    ASSERT_TRUE(erase(1));
    EXPECT_EQ(told, 1U);
    EXPECT_FALSE(erase(1));
    EXPECT_EQ(told, 1U);
    revoked().unsubscribe(subscription);
    ASSERT_TRUE(insert(2, alice));
    ASSERT_TRUE(erase(2));
    EXPECT_EQ(told, 1U);
}

// D1, V4 (Keycloak CVE-2026-9802): a restart takes no revocation back.
TEST_P(session_store_durable, revocations_survive_a_crash) {
    for (std::uint64_t n = 1; n <= 4; ++n)
        ASSERT_TRUE(insert(n, alice));
    ASSERT_TRUE(erase(1));
    clock.advance(seconds{100});
    ASSERT_TRUE(erase(2));
    const std::uint64_t before = revoked().version();
    const auto until = revoked().snapshot().entries.at(0).until;
    clock.advance(seconds{1});
    crash();
    EXPECT_EQ(listed(), (numbers{1, 2}));
    EXPECT_GT(revoked().version(), before);
    EXPECT_EQ(revoked().snapshot().entries.at(0).until, until);
    EXPECT_EQ(revoked().since(before).entries.size(), 2U);  // a position of the run before
    ASSERT_TRUE(erase(3));
    clock.advance(revoked().keep() - seconds{101});
    restart();
    EXPECT_EQ(listed(), (numbers{2, 3}));
    clock.advance(revoked().keep());
    restart();
    EXPECT_EQ(listed(), numbers{});
    EXPECT_TRUE(alive(4) || options.idle_timeout < seconds{600});
}

// D3: what was not done is not told.
TEST_P(session_store_durable, an_end_that_fails_is_not_listed) {
    options.max_per_user = 1;
    store().configure(options);
    ASSERT_TRUE(insert(1, alice));
    unsigned told = 0;
    const auto subscription = revoked().subscribe([&] { ++told; });
    const public_id first = nth_id(1);
    backing().fail(true);
    EXPECT_FALSE(insert(2, alice));
    EXPECT_FALSE(run.await(store().erase(nth_key(1))));
    EXPECT_FALSE(run.await(store().erase(alice->id, first)));
    EXPECT_FALSE(run.await(store().erase_anyones(first)));
    EXPECT_FALSE(run.await(store().erase_user(alice->id)));
    backing().fail(false);
    EXPECT_EQ(told, 0U);
    EXPECT_EQ(listed(), numbers{});
    revoked().unsubscribe(subscription);
    crash();
    EXPECT_EQ(listed(), numbers{});
    EXPECT_TRUE(alive(1));
}

// Without tokens nothing is kept, and what an earlier run kept is there when they are back.
TEST_P(session_store_durable, keeps_no_revocations_unless_told_to) {
    token_lifetime = seconds{0};
    restart();
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(erase(1));
    token_lifetime = seconds{300};
    restart();
    EXPECT_EQ(listed(), numbers{});
    ASSERT_TRUE(insert(2, alice));
    ASSERT_TRUE(erase(2));
    token_lifetime = seconds{0};
    restart();
    token_lifetime = seconds{300};
    restart();
    EXPECT_EQ(listed(), numbers{2});
}

// V1: two threads end the same sessions. Whoever has an answer finds the session listed, also who came second.
TEST_P(session_store_concurrent, an_answer_never_comes_before_the_list) {
    const std::uint64_t races = std::max<std::uint64_t>(20, GetParam().races / 100);
    options.max_per_user = races;
    session_store& sessions = make();
    for (std::uint64_t i = 0; i < races; ++i)
        ASSERT_TRUE(insert(i, alice));
    const std::uint64_t start = revoked().version();
    std::atomic<std::uint64_t> turn{0};
    std::atomic<std::uint64_t> early{0};
    std::atomic<std::uint64_t> told{0};
    const auto subscription = revoked().subscribe([&told] { ++told; });
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 2; ++t)
        threads.emplace_back([&, t, &own = runners.emplace_back()] {
            for (std::uint64_t i = 0; i < races; ++i) {
                turn.fetch_add(1);
                while (turn.load() < 2 * (i + 1))
                    std::this_thread::yield();
                const public_id id = nth_id(i);
                const auto ended = t == 0 ? own.await(sessions.erase(nth_key(i))).value()
                                          : own.await(sessions.erase(alice->id, id)).value();
                if (ended && revoked().version() < start + i + 1)
                    ++early;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    revoked().unsubscribe(subscription);
    EXPECT_EQ(early, 0U);
    EXPECT_EQ(told, races);  // each once, though two ended it
    EXPECT_EQ(revoked().snapshot().entries.size(), races);
    EXPECT_EQ(revoked().version(), start + races);
}

}  // namespace
}  // namespace latchkey::testing
