#include "session_store_contract.hpp"

namespace latchkey::testing {
namespace {

TEST_P(session_store_contract, finds_what_was_inserted) {
    const time_point start = clock.now();
    const auto made = insert(1, alice, true);
    ASSERT_TRUE(made);
    const auto found = find(1);
    ASSERT_TRUE(found);
    for (const session& s : {*made, *found}) {
        EXPECT_EQ(s.id, nth_id(1));
        EXPECT_EQ(s.user->id, alice->id);
        EXPECT_EQ(s.user->email(), alice->email());
        EXPECT_TRUE(*s.user == *alice);
        EXPECT_EQ(s.created_at, start);
        EXPECT_EQ(s.authenticated_at, start);
        EXPECT_EQ(s.last_seen_at, start);
        EXPECT_EQ(s.idle_expires_at, start + options.remembered_idle_timeout);
        EXPECT_EQ(s.expires_at, start + options.remembered_absolute_timeout);
        EXPECT_TRUE(s.remembered);
        EXPECT_EQ(s.ip.bytes[15], 1);
    }
}

TEST_P(session_store_contract, unknown_is_no_error) {
    EXPECT_FALSE(find(1));
    EXPECT_FALSE(erase(1));
    EXPECT_EQ(erase_user(alice), 0U);
    EXPECT_TRUE(list(alice).empty());
    EXPECT_EQ(store().size(), 0U);
    store().sweep();
}

// A key is compared whole: one that differs in a single bit is another one, wherever the bit is.
TEST_P(session_store_contract, every_bit_of_a_key_counts) {
    ASSERT_TRUE(insert(1, alice));
    for (std::size_t bit = 0; bit < 256; ++bit) {
        session_key other = nth_key(1);
        other.bytes[bit / 8] = static_cast<std::uint8_t>(other.bytes[bit / 8] ^ (1U << (bit % 8)));
        EXPECT_FALSE(run.await(store().find(other)).value());
        EXPECT_FALSE(run.await(store().erase(other)).value());
    }
    EXPECT_TRUE(alive(1));
}

// T1: the second before the idle time-out lives, the second itself and the next are dead. T4: each kind by its own.
TEST_P(session_store_contract, idle_expiry_is_exact) {
    for (const bool remembered : {false, true}) {
        const seconds idle = remembered ? options.remembered_idle_timeout : options.idle_timeout;
        for (const int offset : {-1, 0, 1}) {
            make();
            ASSERT_TRUE(insert(1, alice, remembered));
            clock.advance(idle + seconds{offset});
            EXPECT_EQ(list(alice).size(), offset < 0 ? 1U : 0U);
            EXPECT_EQ(alive(1), offset < 0) << "remembered " << remembered << " offset " << offset;
        }
    }
}

// T2: activity up to the last second moves nothing. T4: each kind by its own limit.
TEST_P(session_store_contract, absolute_expiry_is_exact_and_never_moves) {
    for (const bool remembered : {false, true}) {
        const seconds idle = remembered ? options.remembered_idle_timeout : options.idle_timeout;
        const seconds absolute = remembered ? options.remembered_absolute_timeout : options.absolute_timeout;
        for (const int offset : {-1, 0, 1}) {
            make();
            const time_point end = insert(1, alice, remembered)->expires_at;
            EXPECT_EQ(end, clock.now() + absolute);
            while (clock.now() + idle / 2 < end) {
                const auto found = find(1);
                ASSERT_TRUE(found);
                EXPECT_EQ(found->expires_at, end);
                EXPECT_LE(found->idle_expires_at, end);
                clock.advance(idle / 2);
            }
            ASSERT_TRUE(alive(1));
            clock.advance(end - clock.now() + seconds{offset});
            EXPECT_EQ(alive(1), offset < 0) << "remembered " << remembered << " offset " << offset;
        }
    }
}

// T1: activity slides the idle end, in steps of 60 s or a twentieth of the time-out, whichever is less.
TEST_P(session_store_contract, touches_coarsely) {
    for (const auto& [idle, step] : {std::pair{seconds{1800}, seconds{60}}, {seconds{200}, seconds{10}}}) {
        options.idle_timeout = idle;
        make();
        const time_point start = clock.now();
        ASSERT_TRUE(insert(1, alice));
        clock.advance(step - seconds{1});
        EXPECT_EQ(find(1)->last_seen_at, start);
        clock.advance(seconds{1});
        EXPECT_EQ(find(1)->last_seen_at, start + step);
        EXPECT_EQ(find(1)->idle_expires_at, start + step + idle);
        clock.advance(idle - seconds{1});
        EXPECT_TRUE(alive(1));
    }
}

TEST_P(session_store_contract, very_short_and_endless_timeouts) {
    options.idle_timeout = seconds{1};
    options.absolute_timeout = seconds{INT64_MAX};
    options.remembered_idle_timeout = seconds{INT64_MAX};
    options.remembered_absolute_timeout = seconds{INT64_MAX};
    make();
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(insert(2, alice, true));
    EXPECT_TRUE(alive(1));
    clock.advance(seconds{1});
    EXPECT_FALSE(alive(1));
    clock.advance(seconds{50LL * 365 * 86400});
    EXPECT_TRUE(alive(2));
}

// T3: a clock that is set back makes nothing immortal and ends nothing early.
TEST_P(session_store_contract, survives_a_clock_set_back) {
    ASSERT_TRUE(insert(1, alice));
    const time_point end = find(1)->expires_at;
    clock.advance(seconds{-86400});
    const auto found = find(1);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->expires_at, end);
    EXPECT_EQ(found->last_seen_at, clock.now() + seconds{86400});
    clock.advance(seconds{86400} + options.idle_timeout);
    EXPECT_FALSE(alive(1));
}

TEST_P(session_store_contract, listing_does_not_touch) {
    const time_point start = clock.now();
    ASSERT_TRUE(insert(1, alice));
    clock.advance(seconds{600});
    EXPECT_EQ(list(alice).at(0).value.last_seen_at, start);
    clock.advance(options.idle_timeout - seconds{600});
    EXPECT_FALSE(alive(1));
}

// V4: a dead session is dead for every verb, before and after the sweep, and stays so.
TEST_P(session_store_contract, dead_is_dead_for_every_verb) {
    for (const bool swept : {false, true}) {
        make();
        ASSERT_TRUE(insert(1, alice));
        ASSERT_TRUE(insert(2, alice));
        clock.advance(options.idle_timeout);
        if (swept)
            sweep_all();
        EXPECT_FALSE(find(1));
        EXPECT_FALSE(find(1));
        EXPECT_TRUE(list(alice).empty());
        EXPECT_FALSE(erase(1));
        EXPECT_EQ(erase_user(alice), 0U);
        EXPECT_EQ(store().size(), 0U);
    }
}

TEST_P(session_store_contract, erase_tells_what_ended_once) {
    ASSERT_TRUE(insert(1, alice));
    const auto ended = erase(1);
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->id, nth_id(1));
    EXPECT_EQ(ended->user->id, alice->id);
    EXPECT_FALSE(erase(1));
    EXPECT_FALSE(alive(1));
    EXPECT_TRUE(list(alice).empty());
    EXPECT_EQ(store().size(), 0U);
}

// V4: neither time nor a sweep nor new sessions in its place bring an ended session back.
TEST_P(session_store_contract, ended_stays_ended) {
    for (std::uint64_t n = 0; n < 200; ++n)
        ASSERT_TRUE(insert(n, nth_user(n % 20)));
    for (std::uint64_t n = 0; n < 200; ++n)
        ASSERT_TRUE(erase(n));
    for (std::uint64_t n = 1000; n < 1200; ++n)
        ASSERT_TRUE(insert(n, nth_user(n % 20)));
    sweep_all();
    for (std::uint64_t n = 0; n < 200; ++n) {
        EXPECT_FALSE(alive(n));
        EXPECT_FALSE(erase(n));
        EXPECT_TRUE(alive(n + 1000));
    }
    EXPECT_EQ(store().size(), 200U);
}

// V3: every session of the user, and nobody else's.
TEST_P(session_store_contract, erase_user_ends_all_of_one) {
    ASSERT_TRUE(insert(1, alice));
    clock.advance(options.idle_timeout);  // dead: not counted
    for (std::uint64_t n = 2; n < 7; ++n)
        ASSERT_TRUE(insert(n, alice, n % 2 == 0));
    ASSERT_TRUE(insert(7, bob));
    EXPECT_EQ(erase_user(alice), 5U);
    EXPECT_EQ(erase_user(alice), 0U);
    for (std::uint64_t n = 1; n < 7; ++n)
        EXPECT_FALSE(alive(n));
    EXPECT_TRUE(alive(7));
    EXPECT_TRUE(list(alice).empty());
    EXPECT_EQ(list(bob).size(), 1U);
    EXPECT_EQ(store().size(), 1U);
}

TEST_P(session_store_contract, one_profile_for_all_sessions_of_a_user) {
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(insert(2, nth_user(1)));  // says the same in another object: not kept twice
    EXPECT_EQ(find(1)->user, find(2)->user);

    ASSERT_TRUE(insert(3, renamed(alice, "Alice Newman", 0)));
    ASSERT_TRUE(insert(4, bob));
    for (const std::uint64_t n : {1U, 2U, 3U})
        EXPECT_EQ(find(n)->user->name(), "Alice Newman") << n;
    EXPECT_EQ(find(4)->user->name(), bob->name());
}

TEST_P(session_store_contract, lists_newest_first) {
    for (std::uint64_t n = 1; n <= 6; ++n) {
        ASSERT_TRUE(insert(n, alice));
        clock.advance(seconds{n % 2});  // some within one second
    }
    ASSERT_TRUE(insert(7, bob));
    ASSERT_TRUE(erase(3));
    const auto listed = list(alice);
    ASSERT_EQ(listed.size(), 5U);
    const std::uint64_t expected[] = {6, 5, 4, 2, 1};
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(listed[i].value.id, nth_id(expected[i]));
        EXPECT_EQ(listed[i].user_agent, "agent " + std::to_string(expected[i] % 7));
        EXPECT_EQ(listed[i].value.ip.bytes[15], expected[i]);
    }
}

TEST_P(session_store_contract, keeps_any_user_agent) {
    std::uint64_t n = 0;
    for (const std::string& agent : {std::string(), std::string(128, 'x'),
                                     std::string("Gl\xC3\xBC"
                                                 "ck \xF0\x9F\x94\x91")}) {
        new_session fresh;
        fresh.id = nth_id(++n);
        fresh.user = alice;
        fresh.client.user_agent = agent;
        ASSERT_TRUE(run.await(store().insert(nth_key(n), fresh)));
        EXPECT_EQ(list(alice).at(0).user_agent, agent);
    }
}

// A key that is there already is a bug of the caller's. Nobody's session may change hands by it.
TEST_P(session_store_contract, refuses_a_key_twice) {
    ASSERT_TRUE(insert(1, alice));
    for (const profile_ptr& user : {alice, bob})
        EXPECT_EQ(insert_at(nth_key(1), 2, user).error(), errc::store_unavailable);
    EXPECT_EQ(find(1)->id, nth_id(1));
    EXPECT_EQ(find(1)->user->id, alice->id);
    EXPECT_EQ(list(alice).size(), 1U);
    EXPECT_TRUE(list(bob).empty());
    EXPECT_EQ(store().size(), 1U);
}

// V5: beyond the user's cap the oldest ends, and nobody else's.
TEST_P(session_store_contract, cap_per_user_ends_the_oldest) {
    options.max_per_user = 3;
    make();
    ASSERT_TRUE(insert(100, bob));
    for (std::uint64_t n = 1; n <= 10; ++n) {
        ASSERT_TRUE(insert(n, alice));
        for (std::uint64_t old = 1; old <= n; ++old)
            EXPECT_EQ(alive(old), old + 3 > n) << old << " of " << n;
        EXPECT_EQ(list(alice).size(), std::min<std::uint64_t>(n, 3));
    }
    EXPECT_TRUE(alive(100));
    EXPECT_EQ(store().size(), 4U);
}

// V5: a dead session makes room before a living one has to.
TEST_P(session_store_contract, cap_per_user_takes_the_dead_first) {
    options.max_per_user = 3;
    make();
    ASSERT_TRUE(insert(1, alice, true));
    ASSERT_TRUE(insert(2, alice, false));
    ASSERT_TRUE(insert(3, alice, true));
    clock.advance(options.idle_timeout);  // ends 2
    ASSERT_TRUE(insert(4, alice));
    EXPECT_TRUE(alive(1));
    EXPECT_FALSE(alive(2));
    EXPECT_TRUE(alive(3));
    EXPECT_TRUE(alive(4));
    EXPECT_EQ(store().size(), 3U);
}

TEST_P(session_store_contract, cap_of_one) {
    options.max_per_user = 1;
    make();
    for (std::uint64_t n = 1; n <= 5; ++n)
        ASSERT_TRUE(insert(n, alice));
    EXPECT_FALSE(alive(4));
    EXPECT_TRUE(alive(5));
    EXPECT_EQ(store().size(), 1U);
}

// V5, E3: a full store refuses, keeps everything, and takes again when there is room.
TEST_P(session_store_contract, total_limit_refuses_and_keeps) {
    options.max_total = 5;
    make();
    for (std::uint64_t n = 1; n <= 5; ++n)
        ASSERT_TRUE(insert(n, nth_user(n)));
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(insert(6, alice).error(), errc::session_limit);
    EXPECT_EQ(store().size(), 5U);
    for (std::uint64_t n = 1; n <= 5; ++n)
        EXPECT_TRUE(alive(n));
    EXPECT_FALSE(alive(6));
    ASSERT_TRUE(erase(2));
    EXPECT_TRUE(insert(6, alice));
    EXPECT_EQ(insert(7, alice).error(), errc::session_limit);
}

// V5: in a full store a user at the cap exchanges a session of its own.
TEST_P(session_store_contract, total_limit_lets_a_user_at_the_cap_in) {
    options.max_total = 3;
    options.max_per_user = 2;
    make();
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(insert(2, alice));
    ASSERT_TRUE(insert(3, bob));
    EXPECT_EQ(insert(4, bob).error(), errc::session_limit);
    EXPECT_TRUE(alive(3));
    EXPECT_TRUE(insert(5, alice));
    EXPECT_FALSE(alive(1));
    EXPECT_EQ(store().size(), 3U);
}

TEST_P(session_store_contract, sweep_removes_the_dead_only) {
    options.max_per_user = 1000;
    make();
    for (std::uint64_t n = 0; n < 500; ++n)
        ASSERT_TRUE(insert(n, nth_user(n % 50), n % 5 == 0));
    clock.advance(options.idle_timeout);
    EXPECT_EQ(store().size(), 500U);
    sweep_all();
    EXPECT_EQ(store().size(), 100U);
    for (std::uint64_t n = 0; n < 500; ++n)
        EXPECT_EQ(alive(n), n % 5 == 0);
    clock.advance(options.remembered_absolute_timeout);
    sweep_all();
    EXPECT_EQ(store().size(), 0U);
}

}  // namespace
}  // namespace latchkey::testing
