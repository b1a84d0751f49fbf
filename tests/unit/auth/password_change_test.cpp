// Password change by its owner: what it does, and what it refuses.
#include "signed_in_fixture.hpp"

namespace latchkey::testing {
namespace {

class PasswordChange : public signed_in_fixture {
protected:
    void expect_unchanged() {
        EXPECT_EQ(alice().password_hash, "hash of right");
        EXPECT_TRUE(lives(mine));
    }
};

TEST_F(PasswordChange, EndsAllOtherSessions) {  // V3, R2
    const secret other = signed_in("alice");
    const secret stranger = signed_in("old");
    const auto changed = change(mine);
    ASSERT_TRUE(changed);
    EXPECT_EQ(alice().password_hash, "hash of another lantern");
    EXPECT_FALSE(lives(mine));
    EXPECT_FALSE(lives(other));
    EXPECT_TRUE(lives(changed->token));
    EXPECT_TRUE(lives(stranger));
    EXPECT_EQ(users.last_spare, changed->value.id);
    EXPECT_EQ(audit.events.at(0).user, alice().profile.id);
    EXPECT_EQ(audit.events.at(0).session, changed->value.id);
    EXPECT_EQ(audit.events.at(0).email, "alice@example.com");
    expect_event("password_change", true, "");
    EXPECT_TRUE(login("alice@example.com", fresh_password));
    EXPECT_FALSE(login("alice@example.com", "right"));
}

// V3: a login that reads the user after its session was opened sees the change, or its session is there to be ended.
TEST_F(PasswordChange, ChangesTheDatabaseBeforeItEndsSessions) {
    store.asked = &asked;
    ASSERT_TRUE(change(mine));
    EXPECT_EQ(asked,
              (trace{"find by id", "verify", "hash", "update", "erase user", "rotate", "find by id", "refresh"}));
}

TEST_F(PasswordChange, TakesTheSamePasswordAgain) {
    alice().password_hash = "hash of another lantern";
    const secret other = signed_in("alice");
    const auto changed = change(mine, fresh_password, fresh_password);
    ASSERT_TRUE(changed);
    EXPECT_TRUE(lives(changed->token));
    EXPECT_FALSE(lives(other));
}

// L1: one answer after the same work, whatever is wrong; nothing changes.
TEST_F(PasswordChange, RefusesAllAlike) {
    const auto expect_refused = [this](std::string_view current, std::string_view reason) {
        asked.clear();
        const auto refused = change(mine, current);
        ASSERT_FALSE(refused) << reason;
        EXPECT_EQ(refused.error(), errc::invalid_credentials) << reason;
        EXPECT_EQ(asked, (trace{"find by id", "verify", "verify"})) << reason;
        EXPECT_TRUE(lives(mine)) << reason;
        expect_event("password_change", false, reason);
    };
    expect_refused("wrong", "wrong_password");
    expect_refused("", "wrong_password");
    alice().profile.disabled = true;
    expect_refused("right", "disabled");
    expect_refused("wrong", "wrong_password");
    alice().password_hash = "hash of another lantern";
    expect_refused("right", "wrong_password");  // the new one is in force, but opens nothing
    alice().password_hash.clear();
    expect_refused("right", "no_password");
    users.users.erase("alice@example.com");
    expect_refused("right", "unknown_user");
}

TEST_F(PasswordChange, RefusesAWeakOneWithItsReason) {  // P1, P2
    const auto expect_refused = [this](std::string_view fresh, errc why) {
        EXPECT_EQ(change(mine, "right", fresh).error(), why) << fresh;
        expect_event("password_change", false, "weak_password");
        expect_unchanged();
    };
    expect_refused("", errc::password_too_short);
    expect_refused("seven78", errc::password_too_short);
    expect_refused("password123", errc::password_common);
    expect_refused("alice@example.com", errc::password_personal);
    expect_refused("latchkey2026", errc::password_personal);
    expect_refused("not text \xff\xfe", errc::invalid_request);
}

// Who does not know the current password learns nothing of the rules that the new one broke.
TEST_F(PasswordChange, JudgesTheNewOneAfterTheCurrentOne) {
    EXPECT_EQ(change(mine, "wrong", "short").error(), errc::invalid_credentials);
}

TEST_F(PasswordChange, NeedsASession) {
    for (const std::string_view token : {unknown_token, std::string_view("x"), std::string_view()}) {
        EXPECT_EQ(change(secret(token)).error(), errc::no_session);
        EXPECT_TRUE(asked.empty()) << "a guess that needs no session";
        expect_event("password_change", false, "no_session");
    }
}

// P1, E2: said before the database is asked.
TEST_F(PasswordChange, RefusesEarly) {
    const std::string overlong(1025, 'x');
    EXPECT_EQ(change(mine, overlong).error(), errc::password_too_long);
    expect_event("password_change", false, "password_too_long");
    EXPECT_EQ(change(mine, "right", overlong).error(), errc::password_too_long);
    expect_event("password_change", false, "password_too_long");
    hasher.full = true;
    EXPECT_EQ(change(mine).error(), errc::overloaded);
    expect_event("password_change", false, "overloaded");
    EXPECT_TRUE(asked.empty());
    expect_unchanged();
}

TEST_F(PasswordChange, ChangesNothingWhenTheQueueOrTheStoreFails) {
    hasher.hash_failure = errc::overloaded;
    EXPECT_EQ(change(mine).error(), errc::overloaded);
    expect_event("password_change", false, "overloaded");
    expect_unchanged();
    hasher.hash_failure.reset();
    users.update_failure = errc::store_unavailable;
    EXPECT_EQ(change(mine).error(), errc::store_unavailable);
    expect_event("password_change", false, "store_unavailable");
    expect_unchanged();
}

TEST_F(PasswordChange, AuditsExceptions) {  // A3, E5
    hasher.throws = true;
    EXPECT_THROW((void)change(mine), std::bad_alloc);
    expect_event("password_change", false, "internal_error");
}

}  // namespace
}  // namespace latchkey::testing
