// What a command sees and ends while no server runs.
#include "stored_sessions.hpp"

#include "journal_fixture.hpp"

#include <set>

namespace latchkey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class stored_sessions_test : public journal_fixture {
protected:
    void SetUp() override {
        journal_fixture::SetUp();
        for (std::uint32_t n = 1; n <= 5; ++n) {
            ASSERT_TRUE(commit(begin(entry(n, n % 2 == 0 ? alice : bob, n == 5))));
            clock.advance(seconds{10});
        }
        journal.reset();
    }
    static std::vector<public_id> ids_in(const std::vector<listed_session>& sessions) {
        std::vector<public_id> found;
        for (const auto& one : sessions)
            found.push_back(one.value.id);
        return found;
    }
    // All pages of `limit` after each other.
    std::vector<public_id> walk(std::size_t limit) {
        std::vector<public_id> found;
        std::optional<session_cursor> after;
        do {
            const auto page = desk->page(after, limit);
            EXPECT_TRUE(page);
            EXPECT_LE(page->sessions.size(), limit);
            for (const auto& one : page->sessions)
                found.push_back(one.value.id);
            after = page->next;
        } while (after);
        return found;
    }

    std::optional<stored_sessions> desk{std::in_place, open(file()), options, clock, log};
};

TEST_F(stored_sessions_test, lists_a_users_sessions_newest_first) {
    const auto found = desk->list(id_of(bob)).value();
    ASSERT_THAT(ids_in(found), ElementsAre(id_of(5), id_of(3), id_of(1)));
    const auto& newest = found[0];
    EXPECT_EQ(newest.value.user->email(), "u" + std::to_string(bob) + "@example.com");
    EXPECT_EQ(newest.value.created_at, clock.now() - seconds{10});
    EXPECT_EQ(newest.value.idle_expires_at, newest.value.last_seen_at + options.remembered_idle_timeout);
    EXPECT_EQ(newest.value.expires_at, newest.value.created_at + options.remembered_absolute_timeout);
    EXPECT_TRUE(newest.value.remembered);
    EXPECT_EQ(newest.value.ip.str(), "192.0.2.7");
    EXPECT_EQ(newest.user_agent, "agent 5");
    EXPECT_THAT(desk->list(id_of(0xF00)).value(), IsEmpty());
}

TEST_F(stored_sessions_test, leaves_out_what_expired_or_cannot_be_read) {
    execute("UPDATE sessions SET token_hash = 'x' WHERE id = '" + id_of(2).str() + "'");
    EXPECT_THAT(ids_in(desk->list(id_of(alice)).value()), ElementsAre(id_of(4)));
    EXPECT_THAT(walk(1), SizeIs(4));
    clock.advance(options.idle_timeout);
    EXPECT_THAT(ids_in(desk->list(id_of(bob)).value()), ElementsAre(id_of(5)));
    EXPECT_THAT(walk(1), ElementsAre(id_of(5)));
    execute("DELETE FROM users");
    EXPECT_THAT(walk(1), IsEmpty());
}

TEST_F(stored_sessions_test, pages_through_all_of_them_once) {
    for (const std::size_t limit : {1U, 2U, 3U, 4U, 5U, 6U, 1000U})
        EXPECT_THAT(walk(limit), ElementsAre(id_of(1), id_of(3), id_of(5), id_of(2), id_of(4))) << limit;
    EXPECT_THAT(desk->page({}, 0).value().sessions, SizeIs(1));
    EXPECT_THAT(desk->page({}, 1'000'000).value().sessions, SizeIs(5));
}

TEST_F(stored_sessions_test, paging_is_stable_under_change) {
    const auto first = desk->page({}, 2).value();
    ASSERT_THAT(ids_in(first.sessions), ElementsAre(id_of(1), id_of(3)));
    EXPECT_TRUE(desk->erase(id_of(3)).value());  // the cursor itself
    EXPECT_TRUE(desk->erase(id_of(2)).value());
    EXPECT_THAT(ids_in(desk->page(first.next, 9).value().sessions), ElementsAre(id_of(5), id_of(4)));
}

TEST_F(stored_sessions_test, ends_sessions_for_good) {
    EXPECT_TRUE(desk->erase(id_of(1)).value());
    EXPECT_FALSE(desk->erase(id_of(1)).value());
    EXPECT_FALSE(desk->erase(id_of(77)).value());
    EXPECT_EQ(desk->erase_user(id_of(alice)).value(), 2U);
    EXPECT_EQ(desk->erase_user(id_of(alice)).value(), 0U);
    EXPECT_THAT(ids(load()), ElementsAre(id_of(3), id_of(5)));
}

TEST_F(stored_sessions_test, a_lost_table_is_unavailable) {
    execute("DROP TABLE sessions");
    EXPECT_EQ(desk->list(id_of(bob)).error(), errc::store_unavailable);
    EXPECT_EQ(desk->page({}, 5).error(), errc::store_unavailable);
    EXPECT_EQ(desk->erase(id_of(1)).error(), errc::store_unavailable);
    EXPECT_EQ(desk->erase_user(id_of(bob)).error(), errc::store_unavailable);
    EXPECT_THAT(log.text(), HasSubstr("store_failed operation=erase_sessions_of error="));
}

}  // namespace
}  // namespace latchkey::testing
