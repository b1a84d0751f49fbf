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

// R2: the same session under another token; the old one opens nothing.
TEST_F(SessionAuthority, RotatesTheToken) {
    const opened_session before = open();
    const auto after = run.await(subject->rotate(before.token.reveal()));
    ASSERT_TRUE(after);
    EXPECT_EQ(after->token.size(), 43U);
    EXPECT_NE(after->token.reveal(), before.token.reveal());
    EXPECT_EQ(after->value.id, before.value.id);
    EXPECT_EQ(verify_error(before.token.reveal()), errc::no_session);
    EXPECT_FALSE(verify_error(after->token.reveal()));
}

// A client whose answer was lost has the old token only.
TEST_F(SessionAuthority, TracesARotatedToken) {
    const opened_session first = open();
    const auto second = run.await(subject->rotate(first.token.reveal()));
    for (const std::string_view token : {first.token.reveal(), second->token.reveal()}) {
        const auto traced = run.await(subject->trace(token));
        ASSERT_TRUE(traced);
        EXPECT_EQ(traced->id, first.value.id);
    }
    const auto third = run.await(subject->rotate(first.token.reveal()));
    ASSERT_TRUE(third);
    EXPECT_EQ(verify_error(second->token.reveal()), errc::no_session);
    const auto ended = run.await(subject->close(first.token.reveal()));
    ASSERT_TRUE(ended && *ended);
    EXPECT_EQ(verify_error(third->token.reveal()), errc::no_session);
    EXPECT_EQ(run.await(subject->trace(first.token.reveal())).error(), errc::no_session);
}

// C3
TEST_F(SessionAuthority, NeitherTracesNorRotatesAnythingElse) {
    const opened_session opened = open();
    for (const std::string& wrong : {std::string{}, std::string(43, 'A'), opened.value.id.str(),
                                     std::string(opened.token.reveal()) + "=", std::string(100'000, 'A')}) {
        EXPECT_EQ(run.await(subject->trace(wrong)).error(), errc::no_session);
        EXPECT_EQ(run.await(subject->rotate(wrong)).error(), errc::no_session);
    }
    EXPECT_FALSE(verify_error(opened.token.reveal()));
}

TEST_F(SessionAuthority, RevokesOneOfAUser) {
    const opened_session mine = open(1), other = open(1), strangers = open(2);
    const auto ended = run.await(subject->revoke(somebody(1)->id, other.value.id));
    ASSERT_TRUE(ended && *ended);
    EXPECT_EQ((*ended)->id, other.value.id);
    EXPECT_EQ(verify_error(other.token.reveal()), errc::no_session);
    EXPECT_FALSE(verify_error(mine.token.reveal()));

    const auto not_mine = run.await(subject->revoke(somebody(1)->id, strangers.value.id));
    ASSERT_TRUE(not_mine);
    EXPECT_FALSE(*not_mine);
    EXPECT_FALSE(verify_error(strangers.token.reveal()));
}

TEST_F(SessionAuthority, RevokesAllOfAUserButOne) {
    const opened_session mine = open(1), other = open(1), strangers = open(2);
    EXPECT_EQ(run.await(subject->revoke_all(somebody(1)->id, mine.value.id)).value(), 1U);
    EXPECT_EQ(verify_error(other.token.reveal()), errc::no_session);
    EXPECT_FALSE(verify_error(mine.token.reveal()));
    EXPECT_EQ(run.await(subject->revoke_all(somebody(1)->id, std::nullopt)).value(), 1U);
    EXPECT_EQ(verify_error(mine.token.reveal()), errc::no_session);
    EXPECT_FALSE(verify_error(strangers.token.reveal()));
}

TEST_F(SessionAuthority, RefreshesWhatSessionsShow) {
    const opened_session opened = open(1);
    user changed;
    changed.id = somebody(1)->id;
    changed.name = "Somebody";
    ASSERT_TRUE(run.await(subject->refresh(make_profile(changed, false))));
    EXPECT_EQ(run.await(subject->verify(opened.token.reveal()))->user->name(), "Somebody");
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
    EXPECT_EQ(run.await(subject->trace(opened.token.reveal())).error(), errc::store_unavailable);
    EXPECT_EQ(run.await(subject->rotate(opened.token.reveal())).error(), errc::store_unavailable);
    EXPECT_EQ(run.await(subject->revoke(somebody(1)->id, opened.value.id)).error(), errc::store_unavailable);
    EXPECT_EQ(run.await(subject->revoke_all(somebody(1)->id, std::nullopt)).error(), errc::store_unavailable);
    EXPECT_EQ(run.await(subject->refresh(somebody(1))).error(), errc::store_unavailable);
    store.failure.reset();
    store.insert_failure = errc::session_limit;
    EXPECT_EQ(run.await(subject->open(somebody(1), false, {})).error(), errc::session_limit);
}

}  // namespace
}  // namespace latchkey
