// J6: a refresh token is used once.
#include "sanitizer.hpp"
#include "token_fixture.hpp"

#include <atomic>
#include <cstdlib>
#include <deque>
#include <string>
#include <thread>
#include <vector>

namespace latchkey {
namespace {

class TokenRefresh : public testing::token_fixture {};

TEST_F(TokenRefresh, GivesTheNextPair) {
    const token_pair first = log_in();
    time.advance(seconds{200});
    const auto second = refresh(first.refresh);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->value.id, first.value.id);
    EXPECT_EQ(second->value.authenticated_at, first.value.authenticated_at);
    EXPECT_NE(second->refresh.reveal(), first.refresh.reveal());
    time.advance(seconds{200});
    EXPECT_FALSE(verify(first.access.text.reveal()));
    EXPECT_TRUE(verify(second->access.text.reveal()));
    EXPECT_TRUE(refresh(second->refresh));
}

// An answer that was lost, a second tab: within the grace everybody gets the same successor.
TEST_F(TokenRefresh, RepeatsItselfForAWhile) {
    const token_pair first = log_in();
    const auto second = refresh(first.refresh);
    ASSERT_TRUE(second);
    time.advance(seconds{30});
    const auto again = refresh(first.refresh);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->refresh.reveal(), second->refresh.reveal());
    EXPECT_TRUE(verify(again->access.text.reveal()));
    EXPECT_TRUE(audit.events.empty());
    // The first tab went on meanwhile; who repeats the first token is still led to where the session is.
    ASSERT_TRUE(refresh(second->refresh));
    const auto late = refresh(first.refresh);
    ASSERT_TRUE(late);
    EXPECT_EQ(late->refresh.reveal(), second->refresh.reveal());
    EXPECT_TRUE(refresh(late->refresh));
}

TEST_F(TokenRefresh, AReplayEndsTheSession) {
    const token_pair first = log_in();
    const auto second = refresh(first.refresh);
    ASSERT_TRUE(second);
    time.advance(seconds{31});
    visit.client.bytes[15] = 66;
    EXPECT_EQ(refresh(first.refresh).error(), errc::invalid_credentials);
    EXPECT_FALSE(lives(first.value));
    EXPECT_EQ(refresh(second->refresh).error(), errc::invalid_credentials);
    EXPECT_FALSE(verify(second->access.text.reveal()));
    ASSERT_EQ(audit.events.size(), 1U);
    EXPECT_EQ(audit.events[0].type, "token_replayed");
    EXPECT_EQ(audit.events[0].user, logins.who->id);
    EXPECT_EQ(audit.events[0].session, first.value.id);
    EXPECT_EQ(audit.events[0].client.bytes[15], 66);
    // Services that check by themselves hear of it.
    EXPECT_EQ(revoked.snapshot().entries.size(), 1U);
}

// Long after: nothing is left of the key but its seal.
TEST_F(TokenRefresh, AReplayIsKnownForEver) {
    const token_pair first = log_in();
    auto current = refresh(first.refresh);
    for (int i = 0; i < 50; ++i) {
        time.advance(seconds{6 * 3600});
        current = refresh(current->refresh);
        ASSERT_TRUE(current) << i;
    }
    EXPECT_TRUE(lives(first.value));
    EXPECT_FALSE(refresh(first.refresh));
    EXPECT_FALSE(lives(first.value));
}

// Whoever invents a token ends nobody's session.
TEST_F(TokenRefresh, AnInventedTokenDoesNothing) {
    const token_pair first = log_in();
    std::string text(first.refresh.reveal());
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string changed = text;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(refresh(secret(changed)));
    }
    const refresh_tokens elsewhere{secret(std::string(mac::key_size, 'x'))};
    const refresh_token forged = refresh_tokens::make(first.value.user->id, first.value.id);
    EXPECT_FALSE(refresh(elsewhere.write(forged)));
    EXPECT_TRUE(lives(first.value));
    EXPECT_TRUE(audit.events.empty());
}

TEST_F(TokenRefresh, HasNoGraceWhereNoneIsWanted) {
    settings.refresh_grace = seconds{0};
    make();
    const token_pair first = log_in();
    ASSERT_TRUE(refresh(first.refresh));
    ASSERT_TRUE(refresh(first.refresh));  // in the same second: the clock tells no difference
    time.advance(seconds{1});
    EXPECT_FALSE(refresh(first.refresh));
    EXPECT_FALSE(lives(first.value));
}

TEST_F(TokenRefresh, EndsAfterItsLifetime) {
    const token_pair first = log_in();
    auto current = refresh(first.refresh);
    for (int day = 1; day < 20; ++day) {
        time.advance(seconds{86400});
        current = refresh(current->refresh);
        ASSERT_TRUE(current) << day;
    }
    time.advance(seconds{86400});
    EXPECT_EQ(refresh(current->refresh).error(), errc::invalid_credentials);
    EXPECT_FALSE(lives(first.value));
    ASSERT_EQ(audit.events.size(), 1U);
    EXPECT_EQ(audit.events[0].type, "session_revoked");
    EXPECT_EQ(audit.events[0].reason, "refresh_lifetime");
}

TEST_F(TokenRefresh, OfAnEndedSessionIsNoReplay) {
    const token_pair first = log_in();
    ASSERT_TRUE(refresh(first.refresh));
    ASSERT_TRUE(run.await(store->erase(first.value.user->id, first.value.id)).value());
    EXPECT_FALSE(refresh(first.refresh));
    EXPECT_TRUE(audit.events.empty());
}

// Keycloak CVE-2026-1035. Rounds of fifty at once: one successor each; and a replay always ends the session. Ten
// thousand take a minute of two cores: LATCHKEY_TEST_ROUNDS=10000.
TEST_F(TokenRefresh, FiftyAtOnceHaveOneOutcome) {
    constexpr int crowd = 50;
    const char* const asked = std::getenv("LATCHKEY_TEST_ROUNDS");
    const int rounds = asked ? std::atoi(asked) : test::under_sanitizer() ? 200 : 2'000;
    secret current = std::move(log_in().refresh);
    session last = run.await(subject->introspect(current.reveal())).value()->value;
    std::atomic<int> go{0}, done{0}, failed{0};
    std::vector<std::string> answers(crowd);
    std::string shown;
    std::deque<testing::runner> runners(crowd);
    std::vector<std::thread> threads;
    for (int t = 0; t < crowd; ++t)
        threads.emplace_back([&, t] {
            for (int round = 1; round <= rounds; ++round) {
                int seen = go.load();
                while (seen < round) {
                    go.wait(seen);
                    seen = go.load();
                }
                const auto pair = runners[static_cast<std::size_t>(t)].await(subject->refresh(shown, visit));
                failed.fetch_add(pair ? 0 : 1);
                answers[static_cast<std::size_t>(t)] = pair ? std::string(pair->refresh.reveal()) : std::string();
                done.fetch_add(1);
                done.notify_one();
            }
        });
    for (int round = 1; round <= rounds; ++round) {
        shown = current.reveal();
        done = 0;
        go = round;
        go.notify_all();
        for (int n = done.load(); n < crowd; n = done.load())
            done.wait(n);
        for (const std::string& answer : answers)
            ASSERT_EQ(answer, answers[0]);
        current = secret(answers[0]);
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(subject->stats().refreshed, static_cast<std::uint64_t>(rounds));
    EXPECT_TRUE(lives(last));
    EXPECT_EQ(store->size(), 1U);
    time.advance(seconds{31});
    EXPECT_FALSE(refresh(secret(shown)));
    EXPECT_FALSE(lives(last));
}

}  // namespace
}  // namespace latchkey
