// A password change that breaks off, is repeated, or meets somebody else's.
#include "signed_in_fixture.hpp"

namespace latchkey::testing {
namespace {

class PasswordChangeRace : public signed_in_fixture {};

TEST_F(PasswordChangeRace, ALostAnswerCanBeAskedForAgain) {
    const auto lost = change(mine);
    const secret meanwhile = signed_in("alice");
    audit.events.clear();
    const auto again = change(mine);
    ASSERT_TRUE(again);
    EXPECT_TRUE(lives(again->token));
    EXPECT_FALSE(lives(lost->token));
    EXPECT_FALSE(lives(meanwhile)) << "the repetition does the whole of it";
    EXPECT_EQ(std::ranges::count(asked, "update"), 1);
    expect_event("password_change", true, "");
}

// A3: the trail does not say that nothing had happened.
TEST_F(PasswordChangeRace, GoesOnWhereItBrokeOff) {
    const secret other = signed_in("alice");
    store.erase_failure = errc::store_unavailable;
    EXPECT_EQ(change(mine).error(), errc::store_unavailable);
    EXPECT_EQ(alice().password_hash, "hash of another lantern");
    expect_event("password_change", false, "unfinished");
    store.erase_failure.reset();

    store.rotate_failure = errc::store_unavailable;
    EXPECT_EQ(change(mine).error(), errc::store_unavailable);
    EXPECT_FALSE(lives(other));
    expect_event("password_change", false, "unfinished");
    store.rotate_failure.reset();

    store.after_rotate = [this] { users.failure = errc::store_unavailable; };
    EXPECT_EQ(change(mine).error(), errc::store_unavailable);
    expect_event("password_change", false, "unfinished");
    users.failure.reset();

    const auto again = change(mine);
    ASSERT_TRUE(again);
    EXPECT_TRUE(lives(again->token));
    expect_event("password_change", true, "");
}

// The first was sent again before its answer came: both find the old password in force.
TEST_F(PasswordChangeRace, TheSameRequestTwiceAtATimeSucceedsTwice) {
    users.before_update = [this] { set_password(fresh_password); };
    const auto changed = change(mine);
    ASSERT_TRUE(changed);
    EXPECT_TRUE(lives(changed->token));
    expect_event("password_change", true, "");
}

TEST_F(PasswordChangeRace, OfTwoDifferentOnesAtATimeOneIsRefused) {
    users.before_update = [this] { set_password("something else"); };
    EXPECT_EQ(change(mine).error(), errc::invalid_credentials);
    EXPECT_EQ(alice().password_hash, "hash of something else");
    EXPECT_TRUE(lives(mine));
    expect_event("password_change", false, "changed_meanwhile");
}

TEST_F(PasswordChangeRace, ChangesNothingOfAUserWhoIsDisabledOrDeletedMeanwhile) {  // V3
    users.before_update = [this] {
        alice().profile.disabled = true;
        ++alice().credential_version;
    };
    EXPECT_EQ(change(mine).error(), errc::invalid_credentials);
    EXPECT_EQ(alice().password_hash, "hash of right");
    expect_event("password_change", false, "changed_meanwhile");

    alice().profile.disabled = false;
    users.before_update = [this] { users.users.erase("alice@example.com"); };
    EXPECT_EQ(change(mine).error(), errc::invalid_credentials);
    expect_event("password_change", false, "changed_meanwhile");
}

// An owner who ends a session has also ended what it was about to do.
TEST_F(PasswordChangeRace, ASessionThatEndedMeanwhileSetsNoPassword) {
    hasher.meanwhile = [this] { store.rows.clear(); };
    EXPECT_EQ(change(mine).error(), errc::no_session);
    EXPECT_EQ(alice().password_hash, "hash of right");
    expect_event("password_change", false, "no_session");
}

TEST_F(PasswordChangeRace, ASessionThatEndsAtTheLastMomentIsNotRevived) {  // V4
    users.before_update = [this] { store.rows.clear(); };
    EXPECT_EQ(change(mine).error(), errc::no_session);
    EXPECT_TRUE(store.rows.empty());
    EXPECT_EQ(alice().password_hash, "hash of another lantern");
    expect_event("password_change", false, "unfinished");
}

// V3: whoever disables does so in the database first, and ends sessions next. Between the two, nobody gets a token.
TEST_F(PasswordChangeRace, DisablingAfterTheChangeEndsTheSession) {
    store.after_rotate = [this] {
        alice().profile.disabled = true;
        ++alice().credential_version;
    };
    EXPECT_EQ(change(mine).error(), errc::invalid_credentials);
    EXPECT_TRUE(store.rows.empty());
    expect_event("password_change", false, "unfinished");
}

// V3: a repeated request whose password is in force no more by the time it rotates.
TEST_F(PasswordChangeRace, ARepetitionThatIsOvertakenHoldsNothing) {
    ASSERT_TRUE(change(mine));
    store.after_rotate = [this] { set_password("yet another one"); };
    EXPECT_EQ(change(mine).error(), errc::invalid_credentials);
    EXPECT_TRUE(store.rows.empty());
}

}  // namespace
}  // namespace latchkey::testing
