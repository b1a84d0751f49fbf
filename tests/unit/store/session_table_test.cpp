// What is particular to the table in memory; what every store must do is in the contract suite.
#include "session_table.hpp"

#include "allocations.hpp"
#include "table_session_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>

namespace latchkey {
namespace {

class session_table_test : public ::testing::Test {
protected:
    // One that this shard holds.
    session_key key_in(std::uint32_t shard) {
        session_key k = key();
        const std::uint64_t word = shard;
        std::memcpy(k.bytes.data() + 8, &word, sizeof word);
        return k;
    }
    session_key key() {
        session_key k;
        for (std::size_t i = 0; i < k.bytes.size(); i += 8) {
            const std::uint64_t word = random_();
            std::memcpy(k.bytes.data() + i, &word, 8);
        }
        return k;
    }
    static new_session of(const profile_ptr& user, std::string agent = "curl/8.0") {
        static std::uint64_t made = 0;
        new_session fresh;
        std::memcpy(fresh.id.bytes.data() + 8, &++made, sizeof made);
        fresh.user = user;
        fresh.client.user_agent = std::move(agent);
        return fresh;
    }
    static result<session> begin(session_table& table, const session_key& key, const new_session& fresh) {
        try {
            return table.insert(table.draft(key, fresh), fresh.user);
        } catch (const std::bad_alloc&) {
            return errc::store_unavailable;
        }
    }
    static profile_ptr user_named(std::uint8_t n) {
        user u;
        u.id.bytes[0] = n;
        return make_profile(u, false);
    }

    session_table& make_table() {
        table_ = std::make_unique<session_table>(options, clock);
        return *table_;
    }

    session_options options;
    manual_clock clock;
    const profile_ptr alice = user_named(1);

private:
    std::unique_ptr<session_table> table_;
    std::mt19937_64 random_{42};
};

// The check path: no allocation for a hit, a miss or a touch.
TEST_F(session_table_test, find_does_not_allocate) {
    options.max_per_user = 10'000;
    session_table& table = make_table();
    std::vector<session_key> keys(5000);
    public_id last;
    for (session_key& k : keys) {
        k = key();
        const auto made = begin(table, k, of(alice));
        ASSERT_TRUE(made);
        last = made->id;
    }
    clock.advance(seconds{61});
    const session_key unknown = key();
    const std::size_t before = testing::allocations();
    for (const session_key& k : keys)
        ASSERT_TRUE(table.find(k));
    ASSERT_FALSE(table.find(unknown));
    ASSERT_TRUE(table.find(alice->id, last));
    ASSERT_FALSE(table.find(last, last));
    EXPECT_EQ(testing::allocations(), before);
}

// Nothing of an operation is left for a later turn of the event loop.
TEST_F(session_table_test, operations_complete_without_suspending) {
    const auto store = make_memory_session_store(options, clock);
    const session_key k = key();
    boost::asio::io_context io(1);
    bool done = false;
    const auto use = [&]() -> task<void> {
        const new_session fresh = of(alice);
        (void)co_await store->insert(k, fresh);
        const session_key k2 = key();
        (void)co_await store->find(k);
        (void)co_await store->rotate(k, k2);
        (void)co_await store->find_rotated(k);
        (void)co_await store->list(alice->id);
        (void)co_await store->refresh(alice);
        (void)co_await store->erase(k);
        (void)co_await store->erase_user(alice->id, {});
        done = true;
    };
    boost::asio::co_spawn(io, use, boost::asio::detached);
    EXPECT_EQ(io.poll_one(), 1U);
    EXPECT_TRUE(done);
}

// Keys that agree in all the bits that choose shard and place are still told apart.
TEST_F(session_table_test, keys_with_the_same_hash_are_told_apart) {
    options.max_per_user = 1000;
    session_table& table = make_table();
    std::vector<session_key> keys;
    for (std::uint8_t i = 0; i < 200; ++i) {
        session_key k;  // words 0 and 1 are zero in all of them
        k.bytes[31] = i;
        keys.push_back(k);
        new_session fresh = of(alice);
        fresh.id.bytes[0] = i;
        ASSERT_TRUE(begin(table, k, fresh));
    }
    for (std::uint8_t i = 0; i < 200; i = static_cast<std::uint8_t>(i + 2))
        ASSERT_TRUE(table.erase(*table.trace(keys[i])));
    for (std::uint8_t i = 0; i < 200; ++i) {
        const auto found = table.find(keys[i]);
        ASSERT_EQ(found.has_value(), i % 2 == 1);
        if (found) {
            EXPECT_EQ(found->id.bytes[0], i);
        }
    }
}

// E5: whichever allocation of an insert fails, it is an error and nothing has changed; then it works.
TEST_F(session_table_test, a_failed_allocation_changes_nothing) {
    options.max_per_user = 3;
    options.max_total = 2000;
    session_table& table = make_table();
    std::size_t faults = 0;
    for (int i = 0; i < 3000; ++i) {
        const profile_ptr user = user_named(static_cast<std::uint8_t>(i % 250));
        const session_key k = key();
        const new_session fresh = of(user, "a user agent that is longer than a short string " + std::to_string(i));
        const std::size_t size = table.size();
        const std::size_t users_sessions = table.list(user->id).size();
        const std::size_t most = i < 300 || i % 50 == 0 ? 100 : 0;
        bool made = false;
        for (std::size_t nth = 0; nth < most && !made; ++nth) {
            testing::failing_allocation fault(nth);
            const auto answer = begin(table, k, fresh);
            made = answer.has_value();
            if (!made) {
                ++faults;
                ASSERT_EQ(answer.error(), errc::store_unavailable);
                ASSERT_EQ(table.size(), size);
                ASSERT_FALSE(table.find(k));
            }
        }
        if (!made) {
            ASSERT_EQ(table.list(user->id).size(), users_sessions);
            ASSERT_TRUE(begin(table, k, fresh));
        }
        ASSERT_EQ(table.list(user->id).size(), std::min<std::size_t>(users_sessions + 1, 3));
        ASSERT_TRUE(table.find(k));
    }
    EXPECT_GT(faults, 300U);
    EXPECT_EQ(table.size(), 750U);
}

// E5: a rotation that fails leaves the session under its old key, wherever the new one would have been.
TEST_F(session_table_test, a_failed_allocation_of_a_rotation_changes_nothing) {
    session_table& table = make_table();
    session_key k = key();
    ASSERT_TRUE(begin(table, k, of(alice)));
    std::size_t faults = 0;
    for (int i = 0; i < 2000; ++i) {
        const session_key fresh = key();
        const traced_session seen = *table.trace(k);
        {
            testing::failing_allocation fault(static_cast<std::size_t>(i) % 8);
            if (table.rotate(seen, fresh, clock.now())) {
                k = fresh;
                continue;
            }
        }
        ++faults;
        ASSERT_TRUE(table.find(k));
        ASSERT_FALSE(table.find(fresh));
        ASSERT_TRUE(table.rotate(seen, fresh, clock.now()));
        ASSERT_TRUE(table.find(fresh));
        k = fresh;
    }
    EXPECT_GT(faults, 10U);
    EXPECT_EQ(table.size(), 1U);
}

TEST_F(session_table_test, a_failed_allocation_of_a_list_is_an_error) {
    const auto store = make_memory_session_store(options, clock);
    boost::asio::io_context io(1);
    std::size_t failures = 0;
    const auto use = [&]() -> task<void> {
        const new_session fresh = of(alice, std::string(100, 'x'));
        const session_key k = key();
        (void)co_await store->insert(k, fresh);
        for (std::size_t nth = 0;; ++nth) {
            testing::failing_allocation fault(nth);
            const auto listed = co_await store->list(alice->id);
            if (listed)
                break;
            EXPECT_EQ(listed.error(), errc::store_unavailable);
            ++failures;
        }
    };
    boost::asio::co_spawn(io, use, boost::asio::detached);
    io.run();
    EXPECT_GT(failures, 0U);
}

// One call of sweep() does a bounded amount of work, and calls go on where the last one stopped.
TEST_F(session_table_test, sweep_is_bounded_and_goes_round) {
    options.max_per_user = 100'000;
    options.max_total = 100'000;
    session_table& table = make_table();
    constexpr std::size_t in_one_shard = session_table::sweep_budget + 3000;
    for (std::size_t i = 0; i < in_one_shard; ++i) {
        session_key k = key();
        std::memset(k.bytes.data() + 8, 0, 8);  // the word that chooses the shard
        ASSERT_TRUE(begin(table, k, of(user_named(static_cast<std::uint8_t>(i % 200)))));
    }
    clock.advance(options.idle_timeout);
    std::size_t before = table.size();
    for (std::uint32_t call = 0; call <= session_table::shard_count; ++call) {
        const bool has_more = table.sweep();
        EXPECT_LE(before - table.size(), session_table::sweep_budget + 64);
        EXPECT_EQ(has_more, before - table.size() >= session_table::sweep_budget);
        before = table.size();
    }
    EXPECT_EQ(table.size(), 0U);
}

// After a start everything moves at once: what is told of it is spread over the first minutes.
TEST_F(session_table_test, what_moved_is_told_shard_by_shard) {
    options.idle_timeout = seconds{1800};
    session_table& table = make_table();
    std::vector<session_key> keys;
    for (std::uint32_t shard = 0; shard < session_table::shard_count; ++shard) {
        keys.push_back(key_in(shard));
        ASSERT_TRUE(begin(table, keys.back(), of(user_named(static_cast<std::uint8_t>(shard + 1)))));
    }
    std::size_t told = 0;
    for (int step = 1; step <= 10; ++step) {
        clock.advance(seconds{30});
        std::size_t now = 0;
        for (const auto& k : keys)
            ASSERT_TRUE(table.find(k));
        for (std::uint32_t call = 0; call < session_table::shard_count; ++call) {
            sweep_report report;
            table.sweep(&report);
            now += report.moved.size();
        }
        EXPECT_LE(now, session_table::shard_count / 10 + 1) << "after " << 30 * step << " s";
        told += now;
    }
    EXPECT_GE(told, 48U);  // a minute had to pass before any moved
}

// What moved is told once, some minutes later at the earliest; what was removed is told when there is somebody to tell.
TEST_F(session_table_test, sweep_reports_to_the_journal) {
    options.idle_timeout = seconds{1800};
    session_table& table = make_table();
    const session_key k = key_in(session_table::shard_count - 1);  // the last to be told of
    new_session fresh = of(alice);
    fresh.id.bytes[0] = 7;
    ASSERT_TRUE(begin(table, k, fresh));
    const auto round = [&] {
        sweep_report all;
        for (std::uint32_t call = 0; call < session_table::shard_count; ++call) {
            sweep_report report;
            table.sweep(&report);
            all.dead.insert(all.dead.end(), report.dead.begin(), report.dead.end());
            all.moved.insert(all.moved.end(), report.moved.begin(), report.moved.end());
        }
        return all;
    };
    EXPECT_TRUE(round().moved.empty());
    clock.advance(seconds{100});
    ASSERT_TRUE(table.find(k));
    EXPECT_TRUE(round().moved.empty());  // not so soon
    clock.advance(seconds{200});
    const auto told = round().moved;
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].id, fresh.id);
    EXPECT_EQ(told[0].at, clock.now() - seconds{200});
    clock.advance(seconds{300});
    EXPECT_TRUE(round().moved.empty());  // did not move since
    clock.advance(options.idle_timeout);
    const auto dead = round().dead;
    ASSERT_EQ(dead.size(), 1U);
    EXPECT_EQ(dead[0], fresh.id);
    EXPECT_EQ(table.size(), 0U);
}

// V5: a login that needs no place because it replaces a session of the user's does need one when that has gone by the
// time it gets into a full table.
TEST_F(session_table_test, a_place_that_was_counted_on_may_be_gone) {
    options.max_total = 1;
    options.max_per_user = 1;
    session_table& table = make_table();
    ASSERT_TRUE(begin(table, key(), of(alice)));
    const auto enter = [&](const profile_ptr& user) {
        session_places::lease none(table.places());
        return table.enter(table.draft(key(), of(user)), user, none);
    };
    EXPECT_EQ(enter(user_named(2)).error(), errc::session_limit);
    EXPECT_EQ(table.size(), 1U);
    EXPECT_TRUE(enter(alice));
    EXPECT_EQ(table.size(), 2U);
    EXPECT_EQ(table.surplus(alice->id, 0).size(), 1U);  // until the one before goes
}

TEST_F(session_table_test, user_ids_need_not_be_random) {
    session_table& table = make_table();
    for (int n = 0; n < 2000; ++n) {
        user u;
        std::memcpy(u.id.bytes.data() + 12, &n, sizeof n);
        ASSERT_TRUE(begin(table, key(), of(make_profile(u, false))));
    }
    EXPECT_EQ(table.size(), 2000U);
    for (int n = 0; n < 2000; ++n) {
        public_id id;
        std::memcpy(id.bytes.data() + 12, &n, sizeof n);
        EXPECT_EQ(table.erase(id, table.ids_of(id, {})), 1U);
    }
    EXPECT_EQ(table.size(), 0U);
}

// Its lines, and all that is read out of them, are in the same block.
TEST_F(session_table_test, a_profile_is_one_allocation) {
    user u;
    u.email = "somebody.else@example.com";
    u.name = "Somebody with a long name";
    u.groups = {"administrators-of-the-whole", "staff"};
    const std::size_t before = testing::allocations();
    const profile_ptr profile = make_profile(u, true);
    EXPECT_EQ(testing::allocations(), before + 1);
}

// A profile lives as long as the last session that shows it.
TEST_F(session_table_test, profiles_are_given_back) {
    session_table& table = make_table();
    const session_key first = key();
    ASSERT_TRUE(begin(table, first, of(alice)));
    ASSERT_TRUE(begin(table, key(), of(alice)));
    EXPECT_EQ(alice->use_count(), 4U);  // two sessions, the user's index and this test
    EXPECT_TRUE(table.rotate(*table.trace(first), key(), clock.now()).value());
    EXPECT_EQ(alice->use_count(), 4U);
    table.erase(*table.trace(first));
    EXPECT_EQ(alice->use_count(), 3U);
    table.erase(alice->id, table.ids_of(alice->id, {}));
    EXPECT_EQ(alice->use_count(), 1U);
}

}  // namespace
}  // namespace latchkey
