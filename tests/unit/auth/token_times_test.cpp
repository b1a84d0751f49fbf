// The times that tokens tell, and by which they are judged.
#include "token_fixture.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace latchkey {
namespace {

class TokenTimes : public testing::token_fixture {};

// J3: to the second.
TEST_F(TokenTimes, HoldsToTheTimes) {
    const session mine = browser_session();
    const std::string token(subject->issue(mine)->text.reveal());
    time.advance(seconds{299});
    EXPECT_TRUE(verify(token));
    time.advance(seconds{1});
    EXPECT_EQ(verify(token).error(), errc::no_session);
    EXPECT_TRUE(verify(token_with(mine, [](token_claims& c) { c.not_before += seconds{5}; })));
    EXPECT_FALSE(verify(token_with(mine, [](token_claims& c) { c.not_before += seconds{6}; })));
    EXPECT_FALSE(verify(token_with(mine, [](token_claims& c) { c.expires_at = wall_time{}; })));
}

// T3: everybody else judges by the wall clock.
TEST_F(TokenTimes, TellsWallClockTime) {
    const session mine = browser_session();
    time.advance(seconds{60});
    for (const seconds step : {seconds{600}, seconds{-1'200}, seconds{86'400}, seconds{-365 * 86'400}}) {
        SCOPED_TRACE(step.count());
        time.step_wall(step);
        const auto token = subject->issue(mine);
        ASSERT_TRUE(token);
        EXPECT_EQ(token->lifetime, seconds{300});
        const auto claims = claims_of(*token);
        const auto wall = time.wall().time_since_epoch().count();
        EXPECT_EQ(claims["iat"], wall);
        EXPECT_EQ(claims["nbf"], wall);
        EXPECT_EQ(claims["exp"], wall + 300);
        EXPECT_EQ(claims["auth_time"], wall - 60);
        EXPECT_TRUE(verify(token->text.reveal()));
        EXPECT_EQ(introspect(token->text.reveal())->expires_at, time.wall() + seconds{300});
        std::string minted;
        ASSERT_TRUE(subject->mint(mine, minted));
        EXPECT_EQ(claims_of({secret(minted), {}})["iat"], wall) << "minted before the step";
    }
    const token_pair pair = log_in();
    EXPECT_EQ(introspect(pair.refresh.reveal())->expires_at, time.wall() + options.remembered_idle_timeout);
}

// T3: forward, a token is over for everybody at once; back, it gets no longer life here than it had.
TEST_F(TokenTimes, OutlivesNoStepOfTheWallClock) {
    const session mine = browser_session();
    time.advance(seconds{1'000});  // so that a token is younger than its authentication
    const std::string forward(subject->issue(mine)->text.reveal());
    ASSERT_TRUE(verify(forward));
    time.step_wall(seconds{299});
    EXPECT_TRUE(verify(forward));
    time.step_wall(seconds{1});
    EXPECT_FALSE(verify(forward));
    EXPECT_FALSE(introspect(forward));
    const std::string back(subject->issue(mine)->text.reveal());
    ASSERT_TRUE(verify(back));
    time.advance(seconds{200});
    time.step_wall(seconds{-206});
    EXPECT_FALSE(verify(back)) << "not yet";
    EXPECT_FALSE(introspect(back));
    time.advance(seconds{99});
    EXPECT_TRUE(verify(back));
    EXPECT_TRUE(introspect(back));
    time.advance(seconds{1});
    EXPECT_FALSE(verify(back)) << "five minutes after it was issued";
    EXPECT_FALSE(introspect(back));
}

TEST_F(TokenTimes, OutlivesNoSession) {
    session mine = browser_session();
    time.advance(mine.expires_at - time.now() - seconds{100});
    const auto token = subject->issue(mine);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->lifetime, seconds{100});
    time.advance(seconds{100});
    EXPECT_EQ(subject->issue(mine).error(), errc::no_session);
}

}  // namespace
}  // namespace latchkey
