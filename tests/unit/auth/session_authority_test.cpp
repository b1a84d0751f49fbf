#include "await.hpp"
#include "fakes.hpp"
#include "make_session_authority.hpp"

#include <gtest/gtest.h>

#include <string>

namespace latchkey {
namespace {

class SessionAuthority : public ::testing::Test {
protected:
    static profile_ptr somebody(std::uint8_t id) {
        user u;
        u.id.bytes.fill(id);
        u.email = "somebody@example.com";
        return make_profile(u, false);
    }
    opened_session open(std::uint8_t id = 1) {
        device client;
        client.user_agent = "curl/8";
        return run.await(subject->open(somebody(id), false, std::move(client))).value();
    }
    boost::system::error_code verify_error(std::string_view token) {
        const auto verified = run.await(subject->verify(token));
        return verified ? boost::system::error_code{} : verified.error();
    }

    testing::fake_session_store store;
    testing::runner run;
    std::unique_ptr<session_authority> subject = make_session_authority(store);
};

TEST_F(SessionAuthority, KnowsWhomItLetIn) {
    const opened_session opened = open();
    const auto verified = run.await(subject->verify(opened.token.reveal()));
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->id, opened.value.id);
    EXPECT_EQ(verified->user->id, somebody(1)->id);
}

// C2, C4: the store never sees the token.
TEST_F(SessionAuthority, HidesTheTokenFromTheStore) {
    const opened_session opened = open();
    const auto& key = store.rows.front().first.bytes;
    const std::string_view stored(reinterpret_cast<const char*>(key.data()), key.size());
    EXPECT_EQ(stored.find(opened.token.reveal().substr(0, 8)), std::string_view::npos);
    EXPECT_NE(opened.value.id.str(), opened.token.reveal());
}

// C2, R1
TEST_F(SessionAuthority, OpensADifferentSessionEachTime) {
    const opened_session a = open(), b = open();
    EXPECT_NE(a.token.reveal(), b.token.reveal());
    EXPECT_NE(a.value.id, b.value.id);
}

// C3: the public id, too, opens nothing.
TEST_F(SessionAuthority, KnowsNothingElse) {
    const opened_session opened = open();
    const std::string token(opened.token.reveal());
    std::string other_spelling = token;
    other_spelling.back() = static_cast<char>(other_spelling.back() + 1);
    for (const std::string& wrong :
         {std::string{}, std::string(43, 'A'), token + "=", token + "A", token.substr(1), " " + token, other_spelling,
          opened.value.id.str(), std::string(100'000, 'A'), std::string("\0", 1), std::string("\xff\xfe")})
        EXPECT_EQ(verify_error(wrong), errc::no_session) << wrong.substr(0, 60);
}

TEST_F(SessionAuthority, ClosesOnceAndForAll) {
    const opened_session opened = open();
    const auto ended = run.await(subject->close(opened.token.reveal()));
    ASSERT_TRUE(ended && *ended);
    EXPECT_EQ((*ended)->id, opened.value.id);
    EXPECT_EQ(verify_error(opened.token.reveal()), errc::no_session);
    const auto again = run.await(subject->close(opened.token.reveal()));
    ASSERT_TRUE(again);
    EXPECT_FALSE(*again);
    const auto malformed = run.await(subject->close("malformed"));
    ASSERT_TRUE(malformed);
    EXPECT_FALSE(*malformed);
}

TEST_F(SessionAuthority, ListsAUsersOwn) {
    (void)open(1);
    (void)open(2);
    const auto listed = run.await(subject->list(somebody(1)->id));
    ASSERT_TRUE(listed);
    ASSERT_EQ(listed->size(), 1U);
    EXPECT_EQ(listed->front().user_agent, "curl/8");
}

// A failing store is never "no session".
TEST_F(SessionAuthority, PassesFailureOn) {
    const opened_session opened = open();
    store.failure = errc::store_unavailable;
    EXPECT_EQ(verify_error(opened.token.reveal()), errc::store_unavailable);
    EXPECT_EQ(run.await(subject->close(opened.token.reveal())).error(), errc::store_unavailable);
    EXPECT_EQ(run.await(subject->open(somebody(1), false, {})).error(), errc::store_unavailable);
    EXPECT_EQ(run.await(subject->list(somebody(1)->id)).error(), errc::store_unavailable);
    store.failure.reset();
    store.insert_failure = errc::session_limit;
    EXPECT_EQ(run.await(subject->open(somebody(1), false, {})).error(), errc::session_limit);
}

}  // namespace
}  // namespace latchkey
