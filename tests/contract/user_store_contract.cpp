#include "user_store_contract.hpp"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

namespace latchkey::testing {
namespace {

using strings = std::vector<std::string>;

TEST_P(user_store_contract, finds_what_was_added) {
    const auto added =
        store->add(email("alice@example.com"), "Alice \xC3\x84", {"staff", "admins", "staff"}, "$argon2id$x");
    ASSERT_TRUE(added);
    clock.advance(seconds{1000});
    const auto by_email = store->find(email("ALICE@Example.com"));
    const auto by_id = store->find(added->id);
    ASSERT_TRUE(by_email && *by_email && by_id && *by_id);
    for (const stored_user& found : {**by_email, **by_id}) {
        EXPECT_EQ(found.profile.id, added->id);
        EXPECT_EQ(found.profile.email, "alice@example.com");
        EXPECT_EQ(found.profile.name, "Alice \xC3\x84");
        EXPECT_EQ(found.profile.groups, (strings{"admins", "staff"}));
        EXPECT_FALSE(found.profile.disabled);
        EXPECT_EQ(found.profile.created_at, clock.now() - seconds{1000});
        EXPECT_EQ(found.password_hash, "$argon2id$x");
    }
}

TEST_P(user_store_contract, unknown_is_no_error) {
    EXPECT_FALSE(store->find(email("nobody@example.com")).value());
    EXPECT_FALSE(store->find(nobody).value());
    EXPECT_TRUE(store->list({}, 10).value().users.empty());
    EXPECT_FALSE(store->list({}, 10).value().next);
}

TEST_P(user_store_contract, changes_of_unknown_users_are_not_found) {
    EXPECT_EQ(store->set_password_hash(nobody, "x").error(), errc::not_found);
    EXPECT_EQ(store->replace_password_hash(nobody, "x", "y").error(), errc::not_found);
    EXPECT_EQ(store->set_disabled(nobody, true).error(), errc::not_found);
    EXPECT_EQ(store->set_name(nobody, "x").error(), errc::not_found);
    EXPECT_EQ(store->set_groups(nobody, {"x"}).error(), errc::not_found);
    EXPECT_EQ(store->remove(nobody).error(), errc::not_found);
}

// L3: one mailbox, one user.
TEST_P(user_store_contract, an_email_belongs_to_one_user) {
    const auto first = store->add(email("alice@example.com"), "First", {"a"}, "h");
    ASSERT_TRUE(first);
    for (const char* again : {"alice@example.com", "Alice@EXAMPLE.com"})
        EXPECT_EQ(store->add(email(again), "Second", {"b"}, "h2").error(), errc::already_exists);
    EXPECT_EQ(store->find(first->id).value()->profile.name, "First");
    EXPECT_EQ(store->list({}, 10).value().users.size(), 1U);
    ASSERT_TRUE(store->remove(first->id));
    EXPECT_TRUE(store->add(email("alice@example.com"), "Second", {}, ""));
}

TEST_P(user_store_contract, changes_show) {
    const public_id id = store->add(email("alice@example.com"), "", {"a", "b"}, "")->id;
    ASSERT_TRUE(store->add(email("bob@example.com"), "Bob", {"z"}, "bob's"));
    EXPECT_EQ(store->find(id).value()->password_hash, "");
    EXPECT_TRUE(store->set_password_hash(id, "new"));
    EXPECT_TRUE(store->set_disabled(id, true));
    EXPECT_TRUE(store->set_name(id, "Alice"));
    EXPECT_TRUE(store->set_groups(id, {"c", "b"}));
    for (int again = 0; again < 2; ++again) {
        const stored_user found = *store->find(id).value();
        EXPECT_EQ(found.password_hash, "new");
        EXPECT_TRUE(found.profile.disabled);
        EXPECT_EQ(found.profile.name, "Alice");
        EXPECT_EQ(found.profile.groups, (strings{"b", "c"}));
        // The same values once more are found and changed, not "not found".
        EXPECT_TRUE(store->set_password_hash(id, "new"));
        EXPECT_TRUE(store->set_disabled(id, true));
        EXPECT_TRUE(store->set_name(id, "Alice"));
        EXPECT_TRUE(store->set_groups(id, {"c", "b"}));
    }
    EXPECT_TRUE(store->set_groups(id, {}));
    EXPECT_TRUE(store->set_disabled(id, false));
    EXPECT_TRUE(store->find(id).value()->profile.groups.empty());
    EXPECT_FALSE(store->find(id).value()->profile.disabled);
    const stored_user bob = *store->find(email("bob@example.com")).value();
    EXPECT_EQ(bob.profile.name, "Bob");
    EXPECT_EQ(bob.profile.groups, strings{"z"});
    EXPECT_EQ(bob.password_hash, "bob's");
}

TEST_P(user_store_contract, replaces_only_the_expected_hash) {
    const public_id id = store->add(email("alice@example.com"), "", {}, "one")->id;
    EXPECT_FALSE(store->replace_password_hash(id, "other", "two").value());
    EXPECT_EQ(store->find(id).value()->password_hash, "one");
    EXPECT_TRUE(store->replace_password_hash(id, "one", "two").value());
    EXPECT_FALSE(store->replace_password_hash(id, "one", "three").value());
    EXPECT_EQ(store->find(id).value()->password_hash, "two");
}

TEST_P(user_store_contract, removes_the_user_with_its_groups) {
    const public_id id = store->add(email("alice@example.com"), "", {"a"}, "h")->id;
    ASSERT_TRUE(store->remove(id));
    EXPECT_FALSE(store->find(id).value());
    EXPECT_FALSE(store->find(email("alice@example.com")).value());
    EXPECT_EQ(store->remove(id).error(), errc::not_found);
    const auto again = store->add(email("alice@example.com"), "", {}, "h");
    ASSERT_TRUE(again);
    EXPECT_NE(again->id, id);
    EXPECT_TRUE(store->find(again->id).value()->profile.groups.empty());
}

TEST_P(user_store_contract, refuses_bad_names_and_groups) {
    const public_id id = store->add(email("alice@example.com"), "Alice", {"a"}, "h")->id;
    const std::string bad_names[] = {"a\r\nRemote-User: root", std::string("a\0b", 3), "\xFF", std::string(129, 'x')};
    for (const std::string& name : bad_names) {
        EXPECT_EQ(store->add(email("bob@example.com"), name, {}, "h").error(), errc::invalid_request);
        EXPECT_EQ(store->set_name(id, name).error(), errc::invalid_request);
    }
    const strings bad_groups[] = {{""}, {"a,b"}, {"a\nb"}, {std::string(65, 'g')}, {"ok", "not ok"}};
    for (const strings& groups : bad_groups) {
        EXPECT_EQ(store->add(email("bob@example.com"), "Bob", groups, "h").error(), errc::invalid_request);
        EXPECT_EQ(store->set_groups(id, groups).error(), errc::invalid_request);
    }
    EXPECT_FALSE(store->find(email("bob@example.com")).value());
    EXPECT_EQ(store->find(id).value()->profile.name, "Alice");
    EXPECT_EQ(store->find(id).value()->profile.groups, strings{"a"});
}

// Whatever a value looks like, it is a value: nothing in it is run.
TEST_P(user_store_contract, values_are_never_code) {
    ASSERT_TRUE(store->add(email("bob@example.com"), "Bob", {}, "bob's hash"));
    const std::string hostile[] = {"'; DROP TABLE users; --", "' OR '1'='1", "\"", ":value", "$1 ? {0} %s", "\\'; \\"};
    int n = 0;
    for (const std::string& text : hostile) {
        const auto added = store->add(email("x" + std::to_string(n++) + "@example.com"), text, {}, text);
        ASSERT_TRUE(added);
        EXPECT_EQ(store->find(added->id).value()->profile.name, text);
        EXPECT_TRUE(store->set_name(added->id, text + text));
        EXPECT_FALSE(store->replace_password_hash(added->id, text + "'", "stolen").value());
        EXPECT_EQ(store->find(added->id).value()->password_hash, text);
    }
    const auto quoted = email_address::parse("o'or'1'='1@example.com");
    if (quoted) {
        EXPECT_FALSE(store->find(*quoted).value());
    }
    EXPECT_EQ(store->find(email("bob@example.com")).value()->password_hash, "bob's hash");
}

TEST_P(user_store_contract, pages_through_everybody_once) {
    std::set<public_id> everybody;
    for (int i = 0; i < 25; ++i)
        everybody.insert(store->add(email("u" + std::to_string(i) + "@example.com"), "", {"a", "b", "c"}, "")->id);
    for (const std::size_t limit : {1U, 4U, 5U, 24U, 25U, 26U, 100'000U}) {
        std::vector<public_id> seen;
        std::optional<public_id> after;
        do {
            const auto page = store->list(after, limit);
            ASSERT_TRUE(page);
            EXPECT_LE(page->users.size(), limit);
            ASSERT_FALSE(page->users.empty());
            for (const user& u : page->users) {
                seen.push_back(u.id);
                EXPECT_EQ(u.groups, (strings{"a", "b", "c"}));
            }
            after = page->next;
        } while (after);
        EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
        EXPECT_EQ(std::set<public_id>(seen.begin(), seen.end()), everybody);
        EXPECT_EQ(seen.size(), everybody.size()) << "limit " << limit;
    }
    EXPECT_EQ(store->list({}, 0).error(), errc::invalid_request);
}

// Who stays is told exactly once, though others come and go between the pages.
TEST_P(user_store_contract, paging_is_stable_under_change) {
    std::vector<public_id> ids;
    for (int i = 0; i < 12; ++i)
        ids.push_back(store->add(email("u" + std::to_string(i) + "@example.com"), "", {}, "")->id);
    std::sort(ids.begin(), ids.end());
    const user_page first = *store->list({}, 5);
    ASSERT_EQ(first.next, ids[4]);
    ASSERT_TRUE(store->remove(ids[0]));
    ASSERT_TRUE(store->remove(ids[4]));  // the cursor itself
    ASSERT_TRUE(store->remove(ids[6]));
    const user_page second = *store->list(first.next, 100);
    std::vector<public_id> seen;
    for (const user& u : second.users)
        seen.push_back(u.id);
    EXPECT_EQ(seen, (std::vector<public_id>{ids[5], ids[7], ids[8], ids[9], ids[10], ids[11]}));
}

TEST_P(user_store_contract, survives_reopening) {
    const public_id id = store->add(email("alice@example.com"), "Alice", {"a"}, "h")->id;
    store.reset();
    store = open();
    EXPECT_EQ(store->find(id).value()->profile.name, "Alice");
    EXPECT_TRUE(store->ping());
}

TEST_P(user_store_contract, two_stores_share_the_users) {
    const auto other = open();
    const public_id id = store->add(email("alice@example.com"), "Alice", {}, "h")->id;
    EXPECT_EQ(other->find(id).value()->profile.name, "Alice");
    EXPECT_EQ(other->add(email("alice@example.com"), "", {}, "").error(), errc::already_exists);
    ASSERT_TRUE(other->remove(id));
    EXPECT_FALSE(store->find(id).value());
}

// Several threads on two stores: every add is answered rightly, no change is lost.
TEST_P(user_store_contract, threads_share_a_store) {
    const auto other = open();
    std::atomic<int> added{0};
    std::atomic<int> taken{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            user_store& mine = t % 2 == 0 ? *store : *other;
            for (int i = 0; i < 10; ++i) {
                const auto made = mine.add(email("u" + std::to_string(i) + "@example.com"), "", {"a", "b"}, "h");
                if (made)
                    ++added;
                else if (made.error() == errc::already_exists)
                    ++taken;
                const auto found = mine.find(email("u" + std::to_string(i) + "@example.com"));
                EXPECT_TRUE(found && *found && (*found)->profile.groups.size() == 2);
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(added, 10);
    EXPECT_EQ(taken, 30);
    EXPECT_EQ(log.text(), "");
}

}  // namespace
}  // namespace latchkey::testing
