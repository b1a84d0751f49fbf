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
    for (const user_changes& change :
         {password("x"), disabled(true), name("x"), groups({"x"}), address("x@example.com"), user_changes()})
        EXPECT_EQ(store->update(nobody, change).error(), errc::not_found);
    EXPECT_EQ(store->replace_password_hash(nobody, "x", "y").error(), errc::not_found);
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
    EXPECT_EQ(read(id).password_hash, "");
    for (int again = 0; again < 2; ++again) {  // the same values once more are no fault
        EXPECT_TRUE(store->update(id, password("new")));
        EXPECT_TRUE(store->update(id, disabled(true)));
        EXPECT_TRUE(store->update(id, name("Alice")));
        EXPECT_TRUE(store->update(id, groups({"c", "b", "c"})));
        EXPECT_TRUE(store->update(id, address("Alice2@example.com")));
        const stored_user found = read(id);
        EXPECT_EQ(found.password_hash, "new");
        EXPECT_TRUE(found.profile.disabled);
        EXPECT_EQ(found.profile.name, "Alice");
        EXPECT_EQ(found.profile.groups, (strings{"b", "c"}));
        EXPECT_EQ(found.profile.email, "alice2@example.com");
    }
    EXPECT_FALSE(store->find(email("alice@example.com")).value());
    EXPECT_TRUE(store->update(id, groups({})));
    EXPECT_TRUE(store->update(id, disabled(false)));
    EXPECT_TRUE(read(id).profile.groups.empty());
    EXPECT_FALSE(read(id).profile.disabled);
    const stored_user bob = *store->find(email("bob@example.com")).value();
    EXPECT_EQ(bob.profile.name, "Bob");
    EXPECT_EQ(bob.profile.groups, strings{"z"});
    EXPECT_EQ(bob.password_hash, "bob's");
}

TEST_P(user_store_contract, several_changes_are_one) {
    const user added = *store->add(email("alice@example.com"), "", {"a"}, "h");
    user_changes all;
    all.email = email("al@example.com");
    all.name = "Al";
    all.groups = strings{"z", "y"};
    all.disabled = true;
    all.password_hash = "h2";
    const auto changed = store->update(added.id, all);
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->version, added.version + 1);
    const stored_user found = read(added.id);
    for (const user& u : {*changed, found.profile}) {
        EXPECT_EQ(u.id, added.id);
        EXPECT_EQ(u.email, "al@example.com");
        EXPECT_EQ(u.name, "Al");
        EXPECT_EQ(u.groups, (strings{"y", "z"}));
        EXPECT_TRUE(u.disabled);
        EXPECT_EQ(u.created_at, added.created_at);
        EXPECT_EQ(u.version, added.version + 1);
    }
    EXPECT_EQ(found.password_hash, "h2");
}

TEST_P(user_store_contract, all_changes_are_done_or_none) {
    const public_id id = store->add(email("alice@example.com"), "Alice", {"a"}, "h")->id;
    ASSERT_TRUE(store->add(email("bob@example.com"), "Bob", {}, "h"));
    const stored_user before = read(id);
    user_changes changes;
    changes.name = "Somebody";
    changes.groups = strings{"b"};
    changes.password_hash = "h2";
    user_changes taken = changes;
    taken.email = email("BOB@example.com");
    EXPECT_EQ(store->update(id, taken).error(), errc::already_exists);
    user_changes malformed = changes;
    malformed.groups = strings{"ok", "not ok"};
    EXPECT_EQ(store->update(id, malformed).error(), errc::invalid_request);
    const stored_user after = read(id);
    EXPECT_EQ(after.profile.name, "Alice");
    EXPECT_EQ(after.profile.email, "alice@example.com");
    EXPECT_EQ(after.profile.groups, strings{"a"});
    EXPECT_EQ(after.password_hash, "h");
    EXPECT_EQ(after.profile.version, before.profile.version);
    EXPECT_EQ(after.credential_version, before.credential_version);
    EXPECT_TRUE(store->update(id, address("alice@example.com")));  // one's own is not taken
}

// V3: by the versions one sees which picture of a user is the newer one, and whether a login was judged by credentials
// that are not good any more.
TEST_P(user_store_contract, versions_tell_what_changed) {
    const user added = *store->add(email("alice@example.com"), "", {}, "h");
    stored_user last = read(added.id);
    EXPECT_EQ(last.profile.version, added.version);
    const auto expect = [&](const user_changes& change, bool credentials, const char* what) {
        const auto changed = store->update(added.id, change);
        ASSERT_TRUE(changed) << what;
        const stored_user now = read(added.id);
        EXPECT_EQ(now.profile.version, last.profile.version + 1) << what;
        EXPECT_EQ(changed->version, now.profile.version) << what;
        EXPECT_EQ(now.credential_version, last.credential_version + (credentials ? 1 : 0)) << what;
        last = now;
    };
    expect(name("Alice"), false, "name");
    expect(name("Alice"), false, "the same name");
    expect(groups({"a"}), false, "groups");
    expect(address("al@example.com"), false, "email");
    expect(password("h2"), true, "password");
    expect(disabled(true), true, "disabled");
    expect(disabled(false), false, "enabled");

    ASSERT_TRUE(store->update(added.id, user_changes()));
    EXPECT_EQ(read(added.id).profile.version, last.profile.version);
    ASSERT_TRUE(store->replace_password_hash(added.id, "h2", "h3").value());  // a mere rehash
    EXPECT_EQ(read(added.id).profile.version, last.profile.version);
    EXPECT_EQ(read(added.id).credential_version, last.credential_version);
    EXPECT_EQ(store->list({}, 1)->users.front().version, last.profile.version);
}

// V3: a change by somebody who was judged by credentials that are not in force any more is none.
TEST_P(user_store_contract, a_change_may_depend_on_the_credentials) {
    const public_id id = store->add(email("alice@example.com"), "", {}, "h")->id;
    const std::int64_t judged_by = read(id).credential_version;
    user_changes first = password("first");
    first.judged_by = judged_by;
    user_changes second = password("second");
    second.judged_by = judged_by;
    second.name = "Second";
    ASSERT_TRUE(store->update(id, name("Alice")));  // of no concern
    EXPECT_TRUE(store->update(id, first));
    const stored_user between = read(id);
    EXPECT_EQ(between.credential_version, judged_by + 1);
    EXPECT_EQ(store->update(id, second).error(), errc::invalid_credentials);
    EXPECT_EQ(read(id).password_hash, "first");
    EXPECT_EQ(read(id).profile.name, "Alice");
    EXPECT_EQ(read(id).profile.version, between.profile.version);
    EXPECT_EQ(store->update(nobody, second).error(), errc::not_found);
    second.judged_by = judged_by + 1;
    EXPECT_TRUE(store->update(id, second));
}

TEST_P(user_store_contract, of_changes_at_a_time_one_is_in_force) {
    const auto other = open();
    const public_id id = store->add(email("alice@example.com"), "", {}, "h")->id;
    for (int round = 0; round < 5; ++round) {
        const std::int64_t judged_by = read(id).credential_version;
        std::atomic<int> done{0};
        std::atomic<int> refused{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                user_changes mine = password("p" + std::to_string(t));
                mine.judged_by = judged_by;
                const auto outcome = (t % 2 == 0 ? *store : *other).update(id, mine);
                ++(outcome ? done : refused);
                EXPECT_TRUE(outcome || outcome.error() == errc::invalid_credentials);
            });
        for (std::thread& thread : threads)
            thread.join();
        EXPECT_EQ(done, 1);
        EXPECT_EQ(refused, 3);
    }
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
    for (const std::string& bad : bad_names) {
        EXPECT_EQ(store->add(email("bob@example.com"), bad, {}, "h").error(), errc::invalid_request);
        EXPECT_EQ(store->update(id, name(bad)).error(), errc::invalid_request);
    }
    const strings bad_groups[] = {{""}, {"a,b"}, {"a\nb"}, {std::string(65, 'g')}, {"ok", "not ok"}};
    for (const strings& bad : bad_groups) {
        EXPECT_EQ(store->add(email("bob@example.com"), "Bob", bad, "h").error(), errc::invalid_request);
        EXPECT_EQ(store->update(id, groups(bad)).error(), errc::invalid_request);
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
        EXPECT_TRUE(store->update(added->id, name(text + text)));
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

// Changes that meet are both done, whatever they change.
TEST_P(user_store_contract, no_change_is_lost_among_threads) {
    const auto other = open();
    const user added = *store->add(email("alice@example.com"), "", {}, "h");
    constexpr int each = 10;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            user_store& mine = t % 2 == 0 ? *store : *other;
            for (int i = 0; i < each; ++i)
                EXPECT_TRUE(mine.update(added.id, t < 2 ? name("n" + std::to_string(i)) : password("p")));
        });
    for (std::thread& thread : threads)
        thread.join();
    const stored_user after = read(added.id);
    EXPECT_EQ(after.profile.version, added.version + 4 * each);
    EXPECT_EQ(after.profile.name, "n9");
    EXPECT_EQ(after.password_hash, "p");
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
