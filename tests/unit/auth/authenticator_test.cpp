// Who gets in, who doesn't, and that nobody can tell why.
#include "login_fixture.hpp"

namespace latchkey {
namespace {

using testing::trace;

class Login : public testing::login_fixture {};

TEST_F(Login, OpensASession) {
    auto r = request("Alice@Example.com", "right");
    r.remember = true;
    const auto opened = login(std::move(r));
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->token.size(), 43U);
    EXPECT_TRUE(opened->value.remembered);
    EXPECT_EQ(opened->value.user->email(), "alice@example.com");
    EXPECT_TRUE(lives(opened->token));
    EXPECT_EQ(store.rows.front().second.user_agent, "curl/8");
}

TEST_F(Login, ChoosesWhatRemoteUserCarries) {
    EXPECT_TRUE(testing::headers_of(login("alice@example.com")->value.user).starts_with("Remote-User: 0101"));
    subject = make_authenticator({users, database, hasher, attempts, devices, *sessions, audit, log, true});
    EXPECT_TRUE(
        testing::headers_of(login("alice@example.com")->value.user).starts_with("Remote-User: alice@example.com\r"));
}

struct refusal {
    const char* email;
    const char* password;
    const char* reason;
    bool known;
};

const refusal refusals[] = {
    {"nobody@example.com", "right", "unknown_user", false},
    {"alice@example.com", "wrong", "wrong_password", true},
    {"alice@example.com", "", "wrong_password", true},
    {"off@example.com", "right", "disabled", true},
    {"off@example.com", "wrong", "wrong_password", true},
    {"none@example.com", "right", "no_password", true},
    {"none@example.com", "", "no_password", true},
    {"not an address", "right", "unknown_user", false},
    {"alice@example.com ", "right", "unknown_user", false},
    {"a@b@example.com", "right", "unknown_user", false},
    {"", "", "unknown_user", false},
};

// L1: one outcome. L2 (Django CVE-2024-39329): one look-up and one comparison, in this order, whoever it is.
TEST_F(Login, RefusesAllAlike) {
    for (const refusal& r : refusals) {
        asked.clear();
        const auto refused = login(r.email, r.password);
        ASSERT_FALSE(refused) << r.email;
        EXPECT_EQ(refused.error(), errc::invalid_credentials) << r.email;
        EXPECT_EQ(asked, (trace{"find", "verify"})) << r.email;
        EXPECT_TRUE(store.rows.empty());
    }
}

// L1, P4: a hash that cannot be read is the operator's trouble; to the client it is a wrong password, after the same
// work.
TEST_F(Login, RefusesAForeignHashAfterTheSameWork) {
    EXPECT_EQ(login("foreign@example.com").error(), errc::invalid_credentials);
    EXPECT_EQ(asked, (trace{"find", "refuse foreign hash", "verify"}));
    EXPECT_NE(log.text().find("unsupported_password_hash user=0505"), std::string::npos) << log.text();
}

// L3: not even an address that somebody registered lets in what is no address.
TEST_F(Login, LooksUpNobodyForWhatIsNoAddress) {
    add("x", "hash of right").profile.email = "nobody@invalid";
    users.users["nobody@invalid"] = users.users["x@example.com"];
    EXPECT_EQ(login("no address").error(), errc::invalid_credentials);
    EXPECT_EQ(users.last_email, "nobody@invalid");
}

// P1: said before any look-up.
TEST_F(Login, RefusesOverlongPasswordsFirst) {
    const std::string longest(1024, 'x');
    EXPECT_EQ(login("alice@example.com", longest).error(), errc::invalid_credentials);
    asked.clear();
    EXPECT_EQ(login("alice@example.com", longest + "x").error(), errc::password_too_long);
    EXPECT_EQ(login("nobody@example.com", longest + "x").error(), errc::password_too_long);
    EXPECT_TRUE(asked.empty());
}

// E2: refused before the database is asked.
TEST_F(Login, IsOverloadedEarly) {
    hasher.full = true;
    EXPECT_EQ(login("alice@example.com").error(), errc::overloaded);
    EXPECT_EQ(login("nobody@example.com").error(), errc::overloaded);
    EXPECT_TRUE(asked.empty());
}

TEST_F(Login, PassesOnWhatTheQueuesSay) {
    hasher.failure = errc::overloaded;
    EXPECT_EQ(login("alice@example.com").error(), errc::overloaded);
    database.stop();
    EXPECT_EQ(login("alice@example.com").error(), errc::overloaded);
}

// A store that fails is not an answer about anybody.
TEST_F(Login, IsUnavailableWithoutTheUserStore) {
    users.failure = errc::store_unavailable;
    for (const char* email : {"alice@example.com", "nobody@example.com", "no address"})
        EXPECT_EQ(login(email).error(), errc::store_unavailable);
}

// A3: one event each, with the reason that the client does not see.
TEST_F(Login, AuditsEveryRefusal) {
    for (const refusal& r : refusals) {
        audit.events.clear();
        (void)login(r.email, r.password);
        ASSERT_EQ(audit.events.size(), 1U);
        const auto& event = audit.events.front();
        EXPECT_EQ(event.type, "login");
        EXPECT_FALSE(event.success);
        EXPECT_EQ(event.reason, r.reason) << r.email;
        EXPECT_EQ(event.user.has_value(), r.known) << r.email;
        EXPECT_EQ(event.email, r.email);
        EXPECT_EQ(event.request_id, "req-1");
        EXPECT_EQ(event.client.bytes[15], 1);
        EXPECT_FALSE(event.session);
    }
}

// A3
TEST_F(Login, AuditsSuccess) {
    const auto opened = login("alice@example.com");
    ASSERT_EQ(audit.events.size(), 1U);
    EXPECT_TRUE(audit.events[0].success);
    EXPECT_EQ(audit.events[0].reason, "");
    EXPECT_EQ(audit.events[0].session, opened->value.id);
    EXPECT_EQ(audit.events[0].user, opened->value.user->id);
}

// A3: whatever ends it.
TEST_F(Login, AuditsWhatWentWrong) {
    const auto reason_of = [this](auto break_something) {
        audit.events.clear();
        break_something();
        (void)login("alice@example.com");
        return audit.events.size() == 1 ? audit.events[0].reason : "not one event";
    };
    EXPECT_EQ(reason_of([&] { store.insert_failure = errc::session_limit; }), "session_limit");
    EXPECT_EQ(reason_of([&] { store.failure = errc::store_unavailable; }), "store_unavailable");
    EXPECT_EQ(reason_of([&] { users.failure = errc::store_unavailable; }), "store_unavailable");
    EXPECT_EQ(reason_of([&] { hasher.full = true; }), "overloaded");

    audit.events.clear();
    (void)login("alice@example.com", std::string(1025, 'x'));
    ASSERT_EQ(audit.events.size(), 1U);
    EXPECT_EQ(audit.events[0].reason, "password_too_long");
}

// A3, E5: an exception passes through, but not unrecorded.
TEST_F(Login, AuditsExceptions) {
    hasher.throws = true;
    EXPECT_THROW((void)login("alice@example.com"), std::bad_alloc);
    ASSERT_EQ(audit.events.size(), 1U);
    EXPECT_EQ(audit.events[0].reason, "internal_error");
    EXPECT_FALSE(audit.events[0].success);
}

TEST_F(Login, BoundsWhatAClientWritesIntoTheTrail) {
    (void)login(std::string(16'000, 'x'));
    EXPECT_EQ(audit.events.at(0).email.size(), 254U);
}

}  // namespace
}  // namespace latchkey
