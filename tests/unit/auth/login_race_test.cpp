// What happens to a user while a login waits for the hash (requirement V3).
#include "login_fixture.hpp"

namespace latchkey::testing {
namespace {

class LoginRace : public login_fixture {
protected:
    stored_user& alice() { return users.users.at("alice@example.com"); }

    void expect_refused() {
        const auto opened = login("alice@example.com");
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error(), errc::invalid_credentials);
        EXPECT_TRUE(store.rows.empty()) << "a session was left behind";
        ASSERT_EQ(audit.events.size(), 1U);
        EXPECT_FALSE(audit.events[0].success);
        EXPECT_EQ(audit.events[0].reason, "changed_meanwhile");
    }
};

TEST_F(LoginRace, ADisabledUserGetsNoSession) {  // V3
    hasher.meanwhile = [this] {
        alice().profile.disabled = true;
        ++alice().credential_version;
    };
    expect_refused();
    audit.events.clear();
    alice().profile.disabled = false;
    hasher.meanwhile = [this] { alice().profile.disabled = true; };
    expect_refused();
}

TEST_F(LoginRace, ADisabledAndEnabledUserGetsNoneEither) {  // V3
    hasher.meanwhile = [this] { ++alice().credential_version; };
    expect_refused();
}

TEST_F(LoginRace, TheOldPasswordOpensNothingAfterAChange) {  // V3
    hasher.meanwhile = [this] {
        alice().password_hash = "hash of another";
        ++alice().credential_version;
    };
    expect_refused();
}

TEST_F(LoginRace, ADeletedUserGetsNoSession) {  // V3
    hasher.meanwhile = [this] { users.users.erase("alice@example.com"); };
    expect_refused();
}

TEST_F(LoginRace, NewsOfTheUserIsShown) {
    hasher.meanwhile = [this] {
        alice().profile.groups = {"admins"};
        ++alice().profile.version;
    };
    ASSERT_TRUE(login("alice@example.com"));
    ASSERT_EQ(store.rows.size(), 1U);
    EXPECT_EQ(store.rows[0].second.value.user->groups().text(), "admins");
}

TEST_F(LoginRace, ARehashIsNoChange) {
    EXPECT_TRUE(login("old@example.com"));
}

TEST_F(LoginRace, ASecondLookThatFailsOpensNothing) {
    users.find_id_failure = errc::store_unavailable;
    const auto opened = login("alice@example.com");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), errc::store_unavailable);
    EXPECT_TRUE(store.rows.empty());
}

}  // namespace
}  // namespace latchkey::testing
