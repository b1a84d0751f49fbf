// Somebody who is signed in gives the password again.
#include "signed_in_fixture.hpp"

namespace latchkey::testing {
namespace {

class Reauthentication : public signed_in_fixture {};

TEST_F(Reauthentication, RotatesTheToken) {  // R2, A3
    const public_id id = run.await(sessions->verify(mine.reveal()))->id;
    const auto renewed = reauthenticate(mine);
    ASSERT_TRUE(renewed);
    EXPECT_FALSE(lives(mine));
    EXPECT_TRUE(lives(renewed->token));
    EXPECT_EQ(renewed->value.id, id);
    EXPECT_EQ(audit.events.at(0).user, alice().profile.id);
    EXPECT_EQ(audit.events.at(0).session, id);
    EXPECT_EQ(audit.events.at(0).email, "alice@example.com");
    expect_event("reauthentication", true, "");
}

TEST_F(Reauthentication, LeavesOtherSessionsAlone) {
    const secret other = signed_in("alice");
    ASSERT_TRUE(reauthenticate(mine));
    EXPECT_TRUE(lives(other));
}

// L1: one answer, whatever is wrong; the session stays as it was.
TEST_F(Reauthentication, RefusesAllAlike) {
    const auto expect_refused = [this](std::string_view password, std::string_view reason) {
        asked.clear();
        const auto refused = reauthenticate(mine, password);
        ASSERT_FALSE(refused) << reason;
        EXPECT_EQ(refused.error(), errc::invalid_credentials) << reason;
        EXPECT_EQ(asked, (trace{"find by id", "verify"})) << reason;
        EXPECT_TRUE(lives(mine)) << reason;
        expect_event("reauthentication", false, reason);
    };
    expect_refused("wrong", "wrong_password");
    expect_refused("", "wrong_password");
    alice().profile.disabled = true;
    expect_refused("right", "disabled");
    alice().password_hash.clear();
    expect_refused("right", "no_password");
    users.users.erase("alice@example.com");
    expect_refused("right", "unknown_user");
}

// L1, P4
TEST_F(Reauthentication, RefusesAForeignHash) {
    alice().password_hash = "foreign";
    EXPECT_EQ(reauthenticate(mine).error(), errc::invalid_credentials);
}

TEST_F(Reauthentication, RenewsAnOldHash) {  // P3
    alice().password_hash = "old hash of right";
    EXPECT_TRUE(reauthenticate(mine));
    EXPECT_EQ(alice().password_hash, "hash of right");
}

TEST_F(Reauthentication, CanBeRepeatedAfterALostAnswer) {
    const auto lost = reauthenticate(mine);
    const auto again = reauthenticate(mine);
    ASSERT_TRUE(again);
    EXPECT_TRUE(lives(again->token));
    EXPECT_FALSE(lives(lost->token));
    EXPECT_FALSE(reauthenticate(mine, "wrong")) << "the old token alone proves nothing";
}

TEST_F(Reauthentication, NeedsASession) {
    for (const std::string_view token : {unknown_token, std::string_view("x"), std::string_view()}) {
        EXPECT_EQ(reauthenticate(secret(token)).error(), errc::no_session);
        EXPECT_TRUE(asked.empty()) << "a guess that needs no session";
        expect_event("reauthentication", false, "no_session");
    }
}

// P1, E2: said before the database is asked.
TEST_F(Reauthentication, RefusesEarly) {
    EXPECT_EQ(reauthenticate(mine, std::string(1025, 'x')).error(), errc::password_too_long);
    expect_event("reauthentication", false, "password_too_long");
    hasher.full = true;
    EXPECT_EQ(reauthenticate(mine).error(), errc::overloaded);
    expect_event("reauthentication", false, "overloaded");
    EXPECT_TRUE(asked.empty());
    EXPECT_TRUE(lives(mine));
}

TEST_F(Reauthentication, IsUnavailableWithoutAStore) {
    users.failure = errc::store_unavailable;
    EXPECT_EQ(reauthenticate(mine).error(), errc::store_unavailable);
    expect_event("reauthentication", false, "store_unavailable");
    users.failure.reset();
    store.rotate_failure = errc::store_unavailable;
    EXPECT_EQ(reauthenticate(mine).error(), errc::store_unavailable);
    expect_event("reauthentication", false, "store_unavailable");
    EXPECT_TRUE(lives(mine));
    store.rotate_failure.reset();
    EXPECT_TRUE(reauthenticate(mine)) << "and can be repeated";
}

TEST_F(Reauthentication, DoesNotReviveASessionThatEndedMeanwhile) {  // V3
    hasher.meanwhile = [this] { store.rows.clear(); };
    EXPECT_EQ(reauthenticate(mine).error(), errc::no_session);
    EXPECT_TRUE(store.rows.empty());
    expect_event("reauthentication", false, "no_session");
}

// V3: a password change spares its own session; whoever shared it, with the old password, gets no token out of that.
TEST_F(Reauthentication, OnTheOldPasswordHoldsNothingAfterAChange) {
    hasher.meanwhile = [this] {
        runner other;
        ASSERT_TRUE(other.await(sessions->rotate(mine.reveal())));
        set_password(fresh_password);
    };
    EXPECT_EQ(reauthenticate(mine).error(), errc::invalid_credentials);
    EXPECT_TRUE(store.rows.empty());
    expect_event("reauthentication", false, "changed_meanwhile");
}

// Nobody has seen the new token: the session waits for the client to come again.
TEST_F(Reauthentication, CanBeRepeatedWhenTheSecondLookFails) {
    store.after_rotate = [this] { users.failure = errc::store_unavailable; };
    EXPECT_EQ(reauthenticate(mine).error(), errc::store_unavailable);
    expect_event("reauthentication", false, "store_unavailable");
    EXPECT_FALSE(lives(mine));
    users.failure.reset();
    const auto again = reauthenticate(mine);
    ASSERT_TRUE(again);
    EXPECT_TRUE(lives(again->token));
}

TEST_F(Reauthentication, AuditsExceptions) {  // A3, E5
    hasher.throws = true;
    EXPECT_THROW((void)reauthenticate(mine), std::bad_alloc);
    expect_event("reauthentication", false, "internal_error");
}

}  // namespace
}  // namespace latchkey::testing
