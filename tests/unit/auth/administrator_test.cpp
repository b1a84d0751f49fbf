// What administrators do: the database first, then the sessions (requirement V3), and an event for each change (A3).
#include "login_fixture.hpp"
#include "make_administrator.hpp"

namespace latchkey::testing {
namespace {

class Administrator : public login_fixture {
protected:
    stored_user& alice() { return users.users.at("alice@example.com"); }
    result<user> change(user_patch patch) {
        return run.await(admin->change_user(alice().profile.id, std::move(patch), call));
    }
    void expect_event(std::string_view type, std::string_view reason, bool success = true) {
        ASSERT_FALSE(audit.events.empty());
        EXPECT_EQ(audit.events.back().type, type);
        EXPECT_EQ(audit.events.back().reason, reason);
        EXPECT_EQ(audit.events.back().success, success);
        EXPECT_EQ(audit.events.back().request_id, "req-9");
    }

    const admin_call call{{}, "req-9"};
    std::unique_ptr<administrator> admin =
        make_administrator({users, database, hasher, store, attempts, audit, false, 8});
};

TEST_F(Administrator, DisablingEndsTheUsersSessions) {  // V3
    const secret hers = signed_in("alice");
    const secret others = signed_in("old");
    user_patch patch;
    patch.disabled = true;
    const auto changed = change(std::move(patch));
    ASSERT_TRUE(changed);
    EXPECT_TRUE(changed->disabled);
    EXPECT_FALSE(lives(hers));
    EXPECT_TRUE(lives(others));
    expect_event("user_changed", "disabled");
}

// V3: a login that reads the user after its session was opened sees the change, or its session is there to be ended.
TEST_F(Administrator, ChangesTheDatabaseFirst) {
    store.asked = &asked;
    user_patch patch;
    patch.disabled = true;
    patch.name = "Alice";
    ASSERT_TRUE(change(std::move(patch)));
    EXPECT_EQ(asked, (trace{"update", "erase user"}));
    expect_event("user_changed", "name,disabled");

    asked.clear();
    user_patch groups;
    groups.groups = std::vector<std::string>{"staff"};
    ASSERT_TRUE(change(std::move(groups)));
    EXPECT_EQ(asked, (trace{"update", "refresh"}));

    asked.clear();
    ASSERT_TRUE(run.await(admin->remove_user(alice().profile.id, call)));
    EXPECT_EQ(asked, (trace{"find by id", "remove", "erase user"}));
}

// V3: a login that is under way while the administrator acts gets no session, whichever of the two is first.
TEST_F(Administrator, DisablesWhileALoginIsUnderWay) {
    hasher.meanwhile = [this] {
        user_patch patch;
        patch.disabled = true;
        ASSERT_TRUE(other_run.await(admin->change_user(alice().profile.id, std::move(patch), call)));
    };
    EXPECT_EQ(login("alice@example.com").error(), errc::invalid_credentials);
    EXPECT_TRUE(store.rows.empty());
}

TEST_F(Administrator, ANewPasswordEndsTheUsersSessions) {  // V3
    const secret hers = signed_in("alice");
    user_patch patch;
    patch.password = secret("another lantern");
    ASSERT_TRUE(change(std::move(patch)));
    EXPECT_EQ(alice().password_hash, "hash of another lantern");
    EXPECT_FALSE(lives(hers));
    expect_event("user_changed", "password");
}

TEST_F(Administrator, NamesAndGroupsShowAtOnceAndEndNothing) {
    const secret hers = signed_in("alice");
    user_patch patch;
    patch.name = "Alice";
    patch.groups = std::vector<std::string>{"staff"};
    ASSERT_TRUE(change(std::move(patch)));
    const auto seen = run.await(sessions->verify(hers.reveal()));
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->user->name(), "Alice");
    EXPECT_EQ(seen->user->groups().text(), "staff");
    expect_event("user_changed", "name,groups");
}

TEST_F(Administrator, EnablingEndsNothing) {
    const secret hers = signed_in("alice");
    user_patch patch;
    patch.disabled = false;
    ASSERT_TRUE(change(std::move(patch)));
    EXPECT_TRUE(lives(hers));
    expect_event("user_changed", "enabled");
}

TEST_F(Administrator, AWeakPasswordChangesNothing) {  // P1, P2
    const secret hers = signed_in("alice");
    user_patch patch;
    patch.password = secret("short");
    patch.name = "Alice";
    EXPECT_EQ(change(std::move(patch)).error(), errc::password_too_short);
    EXPECT_EQ(alice().profile.name, "");
    EXPECT_TRUE(lives(hers));
    EXPECT_TRUE(audit.events.empty());
}

TEST_F(Administrator, ANewPasswordIsJudgedByTheNewEmail) {  // P2
    user_patch patch;
    patch.email = email_address::parse("wonderland@example.com").value();
    patch.password = secret("wonderland26");
    EXPECT_EQ(change(std::move(patch)).error(), errc::password_personal);
    EXPECT_EQ(alice().profile.email, "alice@example.com");
}

TEST_F(Administrator, APatchOfNothingIsNoAct) {  // A3
    const secret hers = signed_in("alice");
    EXPECT_TRUE(change({}));
    EXPECT_TRUE(lives(hers));
    EXPECT_TRUE(audit.events.empty());
}

TEST_F(Administrator, KnowsNobodyElse) {
    public_id nobody;
    nobody.bytes.fill(0xee);
    for (const bool with_password : {false, true}) {
        user_patch patch;
        patch.name = "Nobody";
        if (with_password)
            patch.password = secret("another lantern");
        EXPECT_EQ(run.await(admin->change_user(nobody, std::move(patch), call)).error(), errc::not_found);
    }
    EXPECT_EQ(run.await(admin->user_by_id(nobody)).error(), errc::not_found);
    auto address = email_address::parse("nobody@example.com").value();
    EXPECT_EQ(run.await(admin->user_by_email(std::move(address))).error(), errc::not_found);
    EXPECT_EQ(run.await(admin->sessions_of(nobody)).error(), errc::not_found);
    EXPECT_EQ(run.await(admin->end_session(nobody, call)).error(), errc::not_found);
    EXPECT_TRUE(audit.events.empty());
}

TEST_F(Administrator, LooksAtUsersAndSessions) {
    (void)signed_in("alice");
    const public_id id = alice().profile.id;
    EXPECT_EQ(run.await(admin->user_by_id(id))->email, "alice@example.com");
    auto address = email_address::parse("alice@example.com").value();
    EXPECT_EQ(run.await(admin->user_by_email(std::move(address)))->id, id);
    EXPECT_EQ(run.await(admin->users(std::nullopt, 3))->users.size(), 3U);
    EXPECT_EQ(run.await(admin->users(id, 100))->users.size(), 4U);
    EXPECT_EQ(run.await(admin->sessions_of(id))->size(), 1U);
    EXPECT_EQ(run.await(admin->sessions(std::nullopt, 100))->sessions.size(), 1U);
    EXPECT_TRUE(audit.events.empty());
}

// A store that fails is not an answer about anybody.
TEST_F(Administrator, IsUnavailableWithoutAStore) {
    const secret hers = signed_in("alice");
    const public_id id = alice().profile.id;
    users.failure = errc::store_unavailable;
    user_patch patch;
    patch.name = "Alice";
    EXPECT_EQ(change(std::move(patch)).error(), errc::store_unavailable);
    EXPECT_EQ(run.await(admin->remove_user(id, call)).error(), errc::store_unavailable);
    EXPECT_EQ(run.await(admin->user_by_id(id)).error(), errc::store_unavailable);
    EXPECT_EQ(run.await(admin->end_sessions_of(id, call)).error(), errc::store_unavailable);
    EXPECT_TRUE(lives(hers));
    users.failure.reset();
    store.failure = errc::store_unavailable;
    EXPECT_EQ(run.await(admin->end_sessions_of(id, call)).error(), errc::store_unavailable);
    EXPECT_EQ(run.await(admin->end_session(id, call)).error(), errc::store_unavailable);
    EXPECT_EQ(run.await(admin->sessions_of(id)).error(), errc::store_unavailable);
    EXPECT_TRUE(audit.events.empty());
}

TEST_F(Administrator, IsOverloadedWhenAQueueIsFull) {  // E2
    hasher.hash_failure = errc::overloaded;
    user_patch patch;
    patch.password = secret("another lantern");
    EXPECT_EQ(change(std::move(patch)).error(), errc::overloaded);
    EXPECT_EQ(alice().password_hash, "hash of right");
    database.stop();
    EXPECT_EQ(run.await(admin->users(std::nullopt, 3)).error(), errc::overloaded);
}

TEST_F(Administrator, WhatBrokeOffIsToldAndCanBeRepeated) {
    const secret hers = signed_in("alice");
    store.erase_failure = errc::store_unavailable;
    user_patch patch;
    patch.disabled = true;
    EXPECT_EQ(change(std::move(patch)).error(), errc::store_unavailable);
    expect_event("user_changed", "disabled", false);
    store.erase_failure.reset();
    user_patch again;
    again.disabled = true;
    EXPECT_TRUE(change(std::move(again)));
    EXPECT_FALSE(lives(hers));
}

TEST_F(Administrator, DeletingEndsTheUsersSessions) {  // V3
    const secret hers = signed_in("alice");
    const public_id id = alice().profile.id;
    ASSERT_TRUE(run.await(admin->remove_user(id, call)));
    EXPECT_FALSE(lives(hers));
    expect_event("user_deleted", "admin");
    EXPECT_EQ(audit.events.back().user, id);
    EXPECT_EQ(audit.events.back().email, "alice@example.com");
    EXPECT_EQ(run.await(admin->remove_user(id, call)).error(), errc::not_found);
}

TEST_F(Administrator, ARepeatedDeletionEndsWhatTheFirstLeft) {  // V3
    const secret hers = signed_in("alice");
    const public_id id = alice().profile.id;
    store.erase_failure = errc::store_unavailable;
    EXPECT_EQ(run.await(admin->remove_user(id, call)).error(), errc::store_unavailable);
    store.erase_failure.reset();
    EXPECT_EQ(run.await(admin->remove_user(id, call)).error(), errc::not_found);
    EXPECT_FALSE(lives(hers));
}

TEST_F(Administrator, AddsUsersWithAndWithoutPassword) {
    user_draft draft{email_address::parse("new@example.com").value(), "New", {"staff"}, secret("another lantern")};
    ASSERT_TRUE(run.await(admin->add_user(std::move(draft), call)));
    EXPECT_EQ(users.users.at("new@example.com").password_hash, "hash of another lantern");
    expect_event("user_added", "admin");
    user_draft bare{email_address::parse("bare@example.com").value(), "", {}, {}};
    ASSERT_TRUE(run.await(admin->add_user(std::move(bare), call)));
    EXPECT_EQ(users.users.at("bare@example.com").password_hash, "");
    user_draft taken{email_address::parse("alice@example.com").value(), "", {}, {}};
    EXPECT_EQ(run.await(admin->add_user(std::move(taken), call)).error(), errc::already_exists);
    EXPECT_EQ(audit.events.size(), 2U);
}

TEST_F(Administrator, EndsSessionsOfAUserAndSingleOnes) {
    const secret first = signed_in("alice");
    const secret second = signed_in("alice");
    const public_id id = run.await(sessions->verify(first.reveal()))->id;
    ASSERT_TRUE(run.await(admin->end_session(id, call)));
    expect_event("session_revoked", "admin");
    EXPECT_FALSE(lives(first));
    EXPECT_TRUE(lives(second));
    EXPECT_EQ(run.await(admin->end_session(id, call)).error(), errc::not_found);
    EXPECT_EQ(run.await(admin->end_sessions_of(alice().profile.id, call)).value(), 1U);
    expect_event("sessions_revoked", "admin");
    EXPECT_FALSE(lives(second));
    EXPECT_EQ(run.await(admin->end_sessions_of(id, call)).error(), errc::not_found);
}

TEST_F(Administrator, SeesThrottles) {
    throttle_entry entry;
    entry.account = "alice@example.com";
    attempts.entries = {entry};
    throttle_filter which;
    which.account = "ALICE@Example.com";
    which.client.emplace();
    const auto found = run.await(admin->throttles(which, 7));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->size(), 1U);
    EXPECT_EQ(attempts.listed.account, "alice@example.com") << "L6: the form in which it is counted";
    EXPECT_EQ(attempts.listed.limit, 7U);
    EXPECT_TRUE(attempts.listed.client);
    EXPECT_TRUE(audit.events.empty());
    which.account = "No Address";
    (void)run.await(admin->throttles(which, 7));
    EXPECT_EQ(attempts.listed.account, "No Address");
}

TEST_F(Administrator, ClearsThrottles) {  // A3
    attempts.clears = 4;
    throttle_filter which;
    which.account = "Alice@example.com";
    which.id = "00112233445566778899aabbccddeeff";
    EXPECT_EQ(*run.await(admin->clear_throttles(which, call)), 4U);
    EXPECT_EQ(attempts.listed.account, "alice@example.com");
    EXPECT_EQ(attempts.listed.id, which.id);
    expect_event("throttle_cleared", "admin");
    EXPECT_EQ(audit.events.back().email, "alice@example.com");
}

// What lies elsewhere may be out of reach. Nothing is said to have been done then.
TEST_F(Administrator, SaysWhenThrottlesAreOutOfReach) {
    attempts.fails = true;
    EXPECT_EQ(run.await(admin->throttles({}, 7)).error(), errc::store_unavailable);
    EXPECT_EQ(run.await(admin->clear_throttles({}, call)).error(), errc::store_unavailable);
    EXPECT_TRUE(audit.events.empty());
}

// Nobody guesses on the administrators' side: what they do is no attempt at a password.
TEST_F(Administrator, IsNotThrottled) {
    attempts.refuses_for = seconds{60};
    user_patch patch;
    patch.password = secret("quite another lantern");
    EXPECT_TRUE(change(std::move(patch)));
}

}  // namespace
}  // namespace latchkey::testing
