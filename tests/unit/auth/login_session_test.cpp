// What becomes of the session that came along with a login (requirement R1).
#include "login_fixture.hpp"

namespace latchkey {
namespace {

class LoginSession : public testing::login_fixture {
protected:
    result<latchkey::signed_in> login_with(const secret& token, std::string_view password = "right") {
        auto r = request("alice@example.com", password);
        r.presented_token = secret(token.reveal());
        return login(std::move(r));
    }
};

// R1: a new token each time; the presented one is dead.
TEST_F(LoginSession, ReplacesTheUsersOwn) {
    const secret before = signed_in("alice");
    const auto opened = login_with(before);
    ASSERT_TRUE(opened);
    EXPECT_NE(opened->token.reveal(), before.reveal());
    EXPECT_FALSE(lives(before));
    EXPECT_TRUE(lives(opened->token));
    EXPECT_EQ(store.size(), 1U);
}

// A3, V5: whatever session ends for a login has an event of its own, by that login's request.
TEST_F(LoginSession, TellsWhatEndedForIt) {
    const secret before = signed_in("alice");
    const public_id replaced = run.await(sessions->verify(before.reveal()))->id;
    public_id oldest;
    oldest.bytes.fill(0x77);
    store.ends_for_next = {oldest};
    ASSERT_TRUE(login_with(before));
    ASSERT_EQ(audit.events.size(), 3U);
    EXPECT_EQ(audit.events[0].reason, "replaced");
    EXPECT_EQ(audit.events[0].session, replaced);
    EXPECT_EQ(audit.events[1].reason, "max_per_user");
    EXPECT_EQ(audit.events[1].session, oldest);
    for (const std::size_t i : {0U, 1U}) {
        EXPECT_EQ(audit.events[i].type, "session_revoked");
        EXPECT_TRUE(audit.events[i].success);
        EXPECT_EQ(audit.events[i].email, "alice@example.com");
        EXPECT_EQ(audit.events[i].request_id, "req-1");
        EXPECT_EQ(audit.events[i].client.bytes[15], 1);
    }
    EXPECT_EQ(audit.events[2].type, "login");
}

TEST_F(LoginSession, LeavesAnotherUsersAlone) {
    const secret others = signed_in("old");
    ASSERT_TRUE(login_with(others));
    EXPECT_TRUE(lives(others));
}

TEST_F(LoginSession, LeavesTheUsersOtherSessionsAlone) {
    const secret elsewhere = signed_in("alice");
    ASSERT_TRUE(login("alice@example.com"));
    EXPECT_TRUE(lives(elsewhere));
}

// R1, C3: what the client brings is never adopted, however it looks.
TEST_F(LoginSession, NeverAdoptsWhatWasPresented) {
    for (const std::string& planted :
         {std::string(43, 'A'), std::string(44, 'A'), std::string{"x"}, std::string(10'000, 'x')}) {
        const secret token{planted};
        const auto opened = login_with(token);
        ASSERT_TRUE(opened);
        EXPECT_NE(opened->token.reveal(), token.reveal());
        EXPECT_FALSE(lives(token));
    }
}

// A failed login ends nothing: else anybody could sign the owner of a shared browser out.
TEST_F(LoginSession, SurvivesAFailedLogin) {
    const secret before = signed_in("alice");
    EXPECT_FALSE(login_with(before, "wrong"));
    EXPECT_TRUE(lives(before));
}

TEST_F(LoginSession, IsUnavailableWithoutTheSessionStore) {
    store.failure = errc::store_unavailable;
    EXPECT_EQ(login("alice@example.com").error(), errc::store_unavailable);
    const secret planted{std::string(43, 'A')};
    EXPECT_EQ(login_with(planted).error(), errc::store_unavailable);
}

// Whoever has a condition of their own for the session says so before one begins, or another ends for it.
TEST_F(LoginSession, IsSubjectToAnObjection) {
    const secret before = signed_in("alice");
    const auto with_objection = [&](errc objection, std::string_view password) {
        auto r = request("alice@example.com", password);
        r.presented_token = secret(before.reveal());
        r.objection = [=](const user& who) {
            EXPECT_EQ(who.email, "alice@example.com");
            return make_error_code(objection);
        };
        return login(std::move(r)).error();
    };
    EXPECT_EQ(with_objection(errc::token_too_large, "right"), errc::token_too_large);
    ASSERT_EQ(audit.events.size(), 1U);
    EXPECT_EQ(audit.events[0].reason, "token_too_large");
    EXPECT_TRUE(lives(before));
    EXPECT_EQ(store.size(), 1U);
    EXPECT_EQ(with_objection(errc::token_too_large, "wrong"), errc::invalid_credentials) << "only for who may know";
}

// V5
TEST_F(LoginSession, IsRefusedBeyondTheLimit) {
    store.insert_failure = errc::session_limit;
    EXPECT_EQ(login("alice@example.com").error(), errc::session_limit);
}

}  // namespace
}  // namespace latchkey
