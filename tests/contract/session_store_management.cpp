// What people and administrators do to sessions: end one by its id, look through all, change pictures and limits.
#include "session_store_contract.hpp"

#include <algorithm>
#include <set>

namespace latchkey::testing {
namespace {

std::optional<session> erase_by_id(runner& run, session_store& store, const profile_ptr& user, std::uint64_t n) {
    const public_id id = nth_id(n);
    return run.await(store.erase(user->id, id)).value();
}

std::optional<session> erase_anyones(runner& run, session_store& store, std::uint64_t n) {
    const public_id id = nth_id(n);
    return run.await(store.erase_anyones(id)).value();
}

// All pages of `limit`; checks each page's size.
std::vector<public_id> all_pages(runner& run, session_store& store, std::size_t limit) {
    std::vector<public_id> ids;
    std::optional<session_cursor> after;
    do {
        const session_page page = run.await(store.page(after, limit)).value();
        EXPECT_LE(page.sessions.size(), limit);
        EXPECT_TRUE(!page.next || page.sessions.size() == limit);
        for (const listed_session& listed : page.sessions)
            ids.push_back(listed.value.id);
        after = page.next;
    } while (after);
    return ids;
}

TEST_P(session_store_contract, ends_one_by_its_id) {
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(insert(2, alice));
    ASSERT_TRUE(insert(3, bob));
    EXPECT_FALSE(erase_by_id(run, store(), bob, 1));  // another user's
    EXPECT_FALSE(erase_by_id(run, store(), alice, 4));
    EXPECT_EQ(store().size(), 3U);
    const auto ended = erase_by_id(run, store(), alice, 1);
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->id, nth_id(1));
    EXPECT_FALSE(alive(1));
    EXPECT_FALSE(erase_by_id(run, store(), alice, 1));
    EXPECT_TRUE(alive(2));
    EXPECT_TRUE(alive(3));
    ASSERT_TRUE(rotate(2, 12));
    EXPECT_TRUE(erase_by_id(run, store(), alice, 2));
    EXPECT_FALSE(alive(12));
    clock.advance(options.idle_timeout);
    EXPECT_FALSE(erase_by_id(run, store(), bob, 3));
}

TEST_P(session_store_contract, ends_anyones_by_its_id) {
    for (std::uint64_t n = 0; n < 500; ++n)
        ASSERT_TRUE(insert(n, nth_user(n % 300)));
    ASSERT_TRUE(rotate(7, 1007));
    for (const std::uint64_t n : {0U, 7U, 250U, 499U}) {
        const auto ended = erase_anyones(run, store(), n);
        ASSERT_TRUE(ended) << n;
        EXPECT_EQ(ended->id, nth_id(n));
        EXPECT_EQ(ended->user->id, nth_user(n % 300)->id);
        EXPECT_FALSE(alive(n));
        EXPECT_FALSE(erase_anyones(run, store(), n));
    }
    EXPECT_FALSE(alive(1007));
    EXPECT_FALSE(erase_anyones(run, store(), 500));
    EXPECT_EQ(store().size(), 496U);
}

// V3: password change: all but the caller's own.
TEST_P(session_store_contract, erase_user_spares_one) {
    for (std::uint64_t n = 1; n <= 5; ++n)
        ASSERT_TRUE(insert(n, alice));
    ASSERT_TRUE(insert(6, bob));
    EXPECT_EQ(run.await(store().erase_user(alice->id, nth_id(3))).value(), 4U);
    for (std::uint64_t n = 1; n <= 5; ++n)
        EXPECT_EQ(alive(n), n == 3);
    EXPECT_EQ(run.await(store().erase_user(alice->id, nth_id(3))).value(), 0U);
    EXPECT_EQ(run.await(store().erase_user(alice->id, nth_id(6))).value(), 1U);  // bob's protects nothing of alice's
    EXPECT_TRUE(alive(6));
    EXPECT_EQ(store().size(), 1U);
}

TEST_P(session_store_contract, pages_hold_every_session_once) {
    EXPECT_TRUE(all_pages(run, store(), 10).empty());
    std::set<public_id> expected;
    for (std::uint64_t n = 0; n < 300; ++n) {
        ASSERT_TRUE(insert(n, nth_user(n % 37), n % 3 == 0));
        expected.insert(nth_id(n));
    }
    for (const std::size_t limit : {1U, 7U, 100U, 299U, 300U, 301U, 1000U}) {
        const auto ids = all_pages(run, store(), limit);
        EXPECT_EQ(ids.size(), 300U) << limit;
        EXPECT_EQ(std::set<public_id>(ids.begin(), ids.end()), expected) << limit;
    }
    const time_point before = clock.now();
    clock.advance(options.idle_timeout);  // only the remembered ones are alive
    const auto page = run.await(store().page({}, 1000)).value();
    EXPECT_EQ(page.sessions.size(), 100U);
    for (const listed_session& listed : page.sessions) {
        EXPECT_TRUE(listed.value.remembered);
        EXPECT_EQ(listed.value.last_seen_at, before);  // looking is no activity
        EXPECT_EQ(listed.user_agent.substr(0, 6), "agent ");
    }
}

// No session that stays is skipped or told twice, whatever comes and goes between two pages.
TEST_P(session_store_contract, pages_are_stable_under_change) {
    options.max_per_user = 1000;
    make();
    std::mt19937_64 random(7);
    std::set<public_id> staying;
    for (std::uint64_t n = 0; n < 400; ++n) {
        ASSERT_TRUE(insert(n, nth_user(n % 23)));
        if (n % 2 == 0)
            staying.insert(nth_id(n));
    }
    std::multiset<public_id> seen;
    std::optional<session_cursor> after;
    std::uint64_t next = 400;
    do {
        const session_page page = run.await(store().page(after, 9)).value();
        for (const listed_session& listed : page.sessions)
            seen.insert(listed.value.id);
        after = page.next;
        for (int i = 0; i < 5; ++i) {
            erase(1 + 2 * (random() % 200));
            ASSERT_TRUE(insert(next, nth_user(random() % 40)));
            ++next;
            const std::uint64_t moving = 2 * (random() % 200);
            if (alive(moving)) {
                ASSERT_TRUE(rotate(moving, next));
                ++next;
            }
        }
        if (after && random() % 4 == 0)  // the very session that the cursor names
            run.await(store().erase(after->user, after->session)).value();
    } while (after);
    for (const public_id& id : staying)
        EXPECT_EQ(seen.count(id), 1U);
    for (const public_id& id : seen)
        EXPECT_EQ(seen.count(id), 1U);
}

TEST_P(session_store_contract, a_cursor_of_nobody_is_a_place_as_good_as_any) {
    ASSERT_TRUE(insert(1, alice));
    std::size_t told = 0;
    for (std::uint64_t n = 0; n < 50; ++n)
        told += run.await(store().page(session_cursor{nth_id(n), nth_id(n)}, 10)).value().sessions.size();
    EXPECT_LE(told, 50U);
    EXPECT_TRUE(alive(1));
}

TEST_P(session_store_contract, refresh_shows_the_new_picture_and_never_an_older_one) {
    ASSERT_TRUE(insert(1, renamed(alice, "one", 1)));
    ASSERT_TRUE(insert(2, renamed(alice, "one", 1)));
    ASSERT_TRUE(insert(3, bob));
    const auto names = [&] {
        std::string all;
        for (const int n : {1, 2, 3})
            all.append(n > 1 ? "," : "").append(find(n)->user->name());
        return all;
    };
    const auto refresh = [&](profile_ptr picture) { ASSERT_TRUE(run.await(store().refresh(std::move(picture)))); };
    refresh(renamed(alice, "three", 3));
    EXPECT_EQ(names(), "three,three," + std::string(bob->name()));
    refresh(renamed(alice, "two", 2));
    EXPECT_EQ(names(), "three,three," + std::string(bob->name()));
    refresh(nth_user(99));                             // has no session
    ASSERT_TRUE(insert(4, renamed(alice, "two", 2)));  // a login that read the user before the change
    EXPECT_EQ(find(4)->user->name(), "three");
    EXPECT_EQ(names(), "three,three," + std::string(bob->name()));
    ASSERT_TRUE(insert(5, renamed(alice, "four", 4)));
    EXPECT_EQ(names(), "four,four," + std::string(bob->name()));
    ASSERT_TRUE(rotate(1, 11));
    refresh(renamed(alice, "five", 5));
    EXPECT_EQ(find(11)->user->name(), "five");
}

// V4: longer time-outs are for those who live.
TEST_P(session_store_contract, configure_never_revives) {
    ASSERT_TRUE(insert(1, alice));
    clock.advance(seconds{600});
    ASSERT_TRUE(insert(2, alice));
    const time_point end = find(2)->expires_at;
    clock.advance(options.idle_timeout - seconds{600});  // 1 is dead, not swept
    options.idle_timeout *= 10;
    options.absolute_timeout *= 10;
    store().configure(options);
    EXPECT_FALSE(alive(1));
    EXPECT_EQ(list(alice).size(), 1U);
    EXPECT_FALSE(rotate(1, 3));
    EXPECT_FALSE(erase(1));
    const auto found = find(2);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->expires_at, end);
    EXPECT_EQ(found->idle_expires_at, std::min(end, clock.now() + options.idle_timeout));
    store().configure(options);
    EXPECT_FALSE(alive(1));
    sweep_all();
    EXPECT_EQ(store().size(), 1U);
    const auto later = insert(4, alice);
    EXPECT_EQ(later->expires_at, clock.now() + options.absolute_timeout);
}

TEST_P(session_store_contract, configure_shortens_at_once) {
    ASSERT_TRUE(insert(1, alice));
    ASSERT_TRUE(insert(2, alice, true));
    clock.advance(seconds{300});
    session_options shorter = options;
    shorter.idle_timeout = seconds{300};
    store().configure(shorter);
    EXPECT_FALSE(alive(1));
    store().configure(options);  // and back: what was dead meanwhile stays so
    EXPECT_FALSE(alive(1));
    EXPECT_TRUE(alive(2));
}

// V5
TEST_P(session_store_contract, configure_changes_the_caps) {
    for (std::uint64_t n = 1; n <= 6; ++n)
        ASSERT_TRUE(insert(n, alice));
    options.max_per_user = 3;
    options.max_total = 4;
    store().configure(options);
    for (std::uint64_t n = 1; n <= 6; ++n)
        EXPECT_TRUE(alive(n));  // existing sessions go on
    EXPECT_EQ(insert(7, bob).error(), errc::session_limit);
    ASSERT_TRUE(insert(8, alice));
    EXPECT_EQ(list(alice).size(), 3U);
    for (const std::uint64_t n : {5U, 6U, 8U})
        EXPECT_TRUE(alive(n)) << n;
    EXPECT_TRUE(insert(7, bob));
    EXPECT_EQ(insert(9, nth_user(3)).error(), errc::session_limit);
    options.max_total = 5;
    store().configure(options);
    EXPECT_TRUE(insert(9, nth_user(3)));
}

}  // namespace
}  // namespace latchkey::testing
