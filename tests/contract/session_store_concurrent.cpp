// The store under several threads at once, each with an io_context of its own. Run it under ThreadSanitizer.
#include "session_store_contract.hpp"

#include <array>
#include <atomic>
#include <deque>
#include <set>
#include <span>
#include <thread>

namespace latchkey::testing {
namespace {

constexpr unsigned thread_count = 4;

// Calls work(number of the thread, its runner) on several threads at a time. The runners outlive the store, as every
// io_context does that somebody waits on.
template <class Work>
void on_threads(std::deque<runner>& runners, unsigned count, Work work) {
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < count; ++t)
        threads.emplace_back([t, &work, &own = runners.emplace_back()] { work(t, own); });
    for (std::thread& thread : threads)
        thread.join();
}

new_session fresh_session(std::uint64_t n, profile_ptr user) {
    new_session fresh;
    fresh.id = nth_id(n);
    fresh.user = std::move(user);
    fresh.remembered = n % 2 == 0;
    fresh.client.user_agent = "agent " + std::to_string(n % 5);
    return fresh;
}

// Each runs as one coroutine: a hundred thousand times the start of one is what ThreadSanitizer is slow at.
task<std::uint64_t> begin_all(session_store& sessions, std::span<const session_key> keys, profile_ptr user) {
    std::uint64_t refused = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const new_session fresh = fresh_session(i, user);
        const auto made = co_await sessions.insert(keys[i], fresh);
        refused += made ? 0 : 1;
    }
    co_return refused;
}

// How many were not there; `ended` counts what is over.
task<std::uint64_t> end_all(session_store& sessions, std::span<const session_key> keys,
                            std::atomic<std::uint64_t>& ended) {
    std::uint64_t missing = 0;
    for (const session_key& key : keys) {
        const auto gone = co_await sessions.erase(key);
        missing += gone.value() ? 0 : 1;
        ended.fetch_add(1, std::memory_order_release);
    }
    co_return missing;
}

// Touches around the place where end_all() is. How many were found after they had ended.
task<std::uint64_t> touch_all(session_store& sessions, std::span<const session_key> keys,
                              const std::atomic<std::uint64_t>& ended) {
    std::uint64_t revived = 0;
    for (std::uint64_t done = 0; done < keys.size();) {
        done = ended.load(std::memory_order_acquire);
        const std::uint64_t from = done < 2 ? 0 : done - 2, to = std::min<std::uint64_t>(done + 4, keys.size());
        sessions.fetch(keys.subspan(from, to - from));
        for (std::uint64_t i = from; i < to; ++i) {
            const auto found = co_await sessions.find(keys[i]);
            revived += found.value() && i < done ? 1 : 0;
        }
    }
    co_return revived;
}

// V1, V2: 10^5 sessions end while another thread touches them; once erase() has answered, nobody finds the session
// again.
TEST_P(session_store_concurrent, touch_never_revives) {
    constexpr std::uint64_t batch = 1000;
    const std::uint64_t batches = std::max<std::uint64_t>(1, GetParam().races / batch);
    options.max_per_user = batch;
    session_store& sessions = make();
    std::uint64_t wrong = 0;
    for (std::uint64_t b = 0; b < batches; ++b) {
        std::vector<session_key> keys;
        for (std::uint64_t i = 0; i < batch; ++i)
            keys.push_back(nth_key(b * batch + i));
        ASSERT_EQ(run.await(begin_all(sessions, keys, alice)), 0U);
        clock.advance(seconds{61});           // so that every find() touches
        std::atomic<std::uint64_t> ended{0};  // keys[0, ended) were erased
        std::array<std::uint64_t, 2> faults{};
        on_threads(runners, 2, [&](unsigned t, runner& own) {
            faults[t] = own.await(t == 0 ? end_all(sessions, keys, ended) : touch_all(sessions, keys, ended));
        });
        wrong += faults[0] + faults[1] + run.await(touch_all(sessions, keys, ended));
    }
    EXPECT_EQ(wrong, 0U);
    EXPECT_EQ(sessions.size(), 0U);
    EXPECT_TRUE(list(alice).empty());
}

// V5, E3: the total is exact, however many threads want the last places.
TEST_P(session_store_concurrent, total_limit_is_exact) {
    options.max_total = 1500;
    session_store& sessions = make();
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> refused{0};
    on_threads(runners, thread_count, [&](unsigned t, runner& own) {
        for (std::uint64_t i = 0; i < 500; ++i) {
            const std::uint64_t n = t * 1000 + i;
            const auto made = own.await(sessions.insert(nth_key(n), fresh_session(n, nth_user(n))));
            (made ? accepted : refused)++;
            if (!made) {
                EXPECT_EQ(made.error(), errc::session_limit);
            }
        }
    });
    EXPECT_EQ(accepted, 1500U);
    EXPECT_EQ(refused, 500U);
    EXPECT_EQ(sessions.size(), 1500U);
}

// V5: so is the cap of one user, and the user's list agrees with the table.
TEST_P(session_store_concurrent, cap_per_user_is_exact) {
    options.max_per_user = 10;
    session_store& sessions = make();
    on_threads(runners, thread_count, [&](unsigned t, runner& own) {
        for (std::uint64_t i = 0; i < 500; ++i) {
            const std::uint64_t n = t * 1000 + i;
            EXPECT_TRUE(own.await(sessions.insert(nth_key(n), fresh_session(n, alice))));
            // Logins whose answer is still to come may be there beside the others for a moment.
            EXPECT_LE(own.await(sessions.list(alice->id)).value().size(),
                      GetParam().durable ? 10U + thread_count : 10U);
        }
    });
    EXPECT_EQ(list(alice).size(), 10U);
    EXPECT_EQ(sessions.size(), 10U);
    std::size_t alive_now = 0;
    for (unsigned t = 0; t < thread_count; ++t)
        for (std::uint64_t i = 0; i < 500; ++i)
            alive_now += alive(t * 1000 + i) ? 1 : 0;
    EXPECT_EQ(alive_now, 10U);
}

// Everything at once. While it runs: a key never leads to another's session, and what has ended is never found (V1,
// V4). When it is over: table, index and size agree.
TEST_P(session_store_concurrent, stress) {
    const std::uint64_t most = GetParam().races / 5;
    options.max_per_user = 8;
    options.max_total = 100;
    options.idle_timeout = seconds{50};
    options.absolute_timeout = seconds{200};
    options.remembered_idle_timeout = seconds{100};
    session_store& sessions = make();
    std::vector<profile_ptr> users;
    for (std::uint64_t u = 0; u < 16; ++u)
        users.push_back(nth_user(u));
    const auto user_of = [&](std::uint64_t n) -> const profile_ptr& { return users[(n * 7) % users.size()]; };

    std::atomic<std::uint64_t> next{0};
    std::vector<std::atomic<bool>> ended(most);
    on_threads(runners, thread_count, [&](unsigned t, runner& own) {
        std::mt19937_64 random(t);
        for (;;) {
            const std::uint64_t newest = next.load();
            const std::uint64_t n = newest - std::min<std::uint64_t>(newest, 1 + random() % 60);
            const std::uint64_t dice = random() % 100;
            if (dice < 25) {
                const std::uint64_t mine = next.fetch_add(1);
                if (mine >= most)
                    return;
                const auto made = own.await(sessions.insert(nth_key(mine), fresh_session(mine, user_of(mine))));
                if (!made && GetParam().durable && made.error() == errc::store_unavailable)
                    continue;  // another thread ended it before it was durable
                if (!made) {
                    EXPECT_EQ(made.error(), errc::session_limit);
                    ended[mine] = true;
                }
            } else if (dice < 40 && n < most) {
                const auto gone = own.await(sessions.erase(nth_key(n))).value();
                if (gone) {
                    EXPECT_EQ(gone->id, nth_id(n));
                    EXPECT_FALSE(ended[n].exchange(true)) << "ended twice";
                }
            } else if (dice < 41 && n < most) {
                const public_id id = nth_id(n);
                if (own.await(sessions.erase_anyones(id)).value()) {
                    EXPECT_FALSE(ended[n].exchange(true)) << "ended twice";
                }
            } else if (dice < 42) {
                own.await(sessions.erase_user(user_of(n)->id)).value();
            } else if (dice < 55) {
                const auto listed = own.await(sessions.list(user_of(n)->id)).value();
                EXPECT_LE(listed.size(), options.max_per_user + (GetParam().durable ? thread_count : 0));
                for (const auto& l : listed)
                    EXPECT_EQ(l.value.user->id, user_of(n)->id);
            } else if (dice < 56) {
                own.await(sessions.page({}, 1000)).value();
            } else if (dice < 57) {
                own.await(sessions.refresh(user_of(n))).value();
            } else if (dice < 58) {
                sessions.configure(options);
            } else if (dice < 60) {
                sessions.sweep();
            } else if (dice < 62) {
                clock.advance(seconds{1});
            } else if (n < most) {
                const bool over = ended[n];
                const auto found = own.await(sessions.find(nth_key(n))).value();
                if (found) {
                    EXPECT_FALSE(over) << "an ended session was found";
                    EXPECT_EQ(found->id, nth_id(n));
                    EXPECT_EQ(found->user->id, user_of(n)->id);
                }
            }
        }
    });

    std::set<public_id> in_table;
    for (std::uint64_t n = 0; n < most; ++n)
        if (const auto found = find(n))
            in_table.insert(found->id);
    std::set<public_id> in_index;
    for (const profile_ptr& user : users)
        for (const auto& l : list(user))
            in_index.insert(l.value.id);
    EXPECT_EQ(in_table, in_index);
    EXPECT_LE(sessions.size(), options.max_total);
    sweep_all();
    EXPECT_EQ(sessions.size(), in_table.size());
    for (const profile_ptr& user : users)
        erase_user(user);
    EXPECT_EQ(sessions.size(), 0U);
}

// A logout that comes while the session is given a new key ends it, whichever key it names.
TEST_P(session_store_concurrent, rotation_never_escapes_an_end) {
    constexpr std::uint64_t batch = 250;
    const std::uint64_t batches = std::max<std::uint64_t>(1, GetParam().races / 40 / batch);
    options.max_per_user = batch;
    session_store& sessions = make();
    std::uint64_t n = 0;
    for (std::uint64_t b = 0; b < batches; ++b, n += batch) {
        for (std::uint64_t i = n; i < n + batch; ++i)
            ASSERT_TRUE(run.await(sessions.insert(nth_key(i), fresh_session(i, alice))));
        const auto successor = [](std::uint64_t i) { return nth_key(i + 1'000'000); };
        std::atomic<std::uint64_t> turn{0};
        on_threads(runners, 2, [&](unsigned t, runner& own) {
            for (std::uint64_t i = n; i < n + batch; ++i) {
                turn.fetch_add(1);
                while (turn.load() < 2 * (i - n + 1))  // so that both begin together
                    std::this_thread::yield();
                if (t == 0) {
                    own.await(sessions.rotate(nth_key(i), successor(i))).value();
                } else if (i % 2 == 0) {
                    EXPECT_TRUE(own.await(sessions.erase(nth_key(i))).value());
                } else {
                    const public_id id = nth_id(i);
                    EXPECT_TRUE(own.await(sessions.erase(alice->id, id)).value());
                }
            }
        });
        for (std::uint64_t i = n; i < n + batch; ++i) {
            EXPECT_FALSE(run.await(sessions.find(nth_key(i))).value());
            EXPECT_FALSE(run.await(sessions.find(successor(i))).value());
        }
        EXPECT_EQ(sessions.size(), 0U);
    }
}

// Two rotations at a time: both succeed, one after the other, and one key is good in the end.
TEST_P(session_store_concurrent, rotations_follow_each_other) {
    const std::uint64_t races = std::max<std::uint64_t>(20, GetParam().races / 100);
    options.max_per_user = races;
    session_store& sessions = make();
    for (std::uint64_t i = 0; i < races; ++i)
        ASSERT_TRUE(run.await(sessions.insert(nth_key(i), fresh_session(i, alice))));
    on_threads(runners, 2, [&](unsigned t, runner& own) {
        for (std::uint64_t i = 0; i < races; ++i) {
            const auto rotated = own.await(sessions.rotate(nth_key(i), nth_key(i + 1'000'000 * (t + 1)))).value();
            ASSERT_TRUE(rotated);
            EXPECT_EQ(rotated->id, nth_id(i));
        }
    });
    for (std::uint64_t i = 0; i < races; ++i) {
        EXPECT_FALSE(alive(i));
        EXPECT_NE(alive(i + 1'000'000), alive(i + 2'000'000));
    }
    EXPECT_EQ(sessions.size(), races);
}

}  // namespace
}  // namespace latchkey::testing
