// The tables of access tokens that were verified, and of those that were minted.
#include "minted_tokens.hpp"
#include "tokens.hpp"
#include "verified_tokens.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace latchkey {
namespace {

const wall_time start{seconds{1'800'000'000}};

session some_session() {
    user u;
    u.email = "ada@example.com";
    session out;
    out.id = random_public_id();
    out.user = make_profile(u, false);
    out.authenticated_at = time_point{seconds{1'800'000'000}};
    return out;
}

verified_token good_until(wall_time end) {
    verified_token out;
    out.session = random_public_id();
    out.expires_at = end;
    return out;
}

TEST(VerifiedTokens, KnowsWhatItWasToldUntilThen) {
    verified_tokens subject;
    const auto digest = subject.digest_of("token");
    EXPECT_FALSE(subject.find(digest, start));
    const auto token = good_until(start + seconds{300});
    subject.put(digest, token, subject.generation());
    EXPECT_EQ(subject.find(digest, start + seconds{299})->session, token.session);
    EXPECT_FALSE(subject.find(digest, start + seconds{300}));
    EXPECT_FALSE(subject.find(subject.digest_of("token "), start));
    EXPECT_NE(digest, verified_tokens().digest_of("token"));  // a key of its own
}

// What was verified by keys that are not in force any more is not put in after all.
TEST(VerifiedTokens, ForgetsAll) {
    verified_tokens subject;
    const auto digest = subject.digest_of("token");
    const auto before = subject.generation();
    subject.put(digest, good_until(start + seconds{300}), before);
    subject.forget_all();
    EXPECT_FALSE(subject.find(digest, start));
    subject.put(digest, good_until(start + seconds{300}), before);
    EXPECT_FALSE(subject.find(digest, start));
    subject.put(digest, good_until(start + seconds{300}), subject.generation());
    EXPECT_TRUE(subject.find(digest, start));
}

// L8's like: whoever fills it costs others their places, those first that expire first, and nothing more.
TEST(VerifiedTokens, HoldsSoManyAndNoMore) {
    verified_tokens subject;
    constexpr std::size_t many = 4 * verified_tokens::sets * verified_tokens::ways;
    for (std::size_t i = 0; i < many; ++i)
        subject.put(subject.digest_of(std::to_string(i)), good_until(start + seconds{static_cast<std::int64_t>(1 + i)}),
                    subject.generation());
    std::size_t held = 0, late = 0;
    for (std::size_t i = 0; i < many; ++i)
        if (subject.find(subject.digest_of(std::to_string(i)), start)) {
            ++held;
            late += i >= many / 2 ? 1 : 0;
        }
    EXPECT_LE(held, verified_tokens::sets * verified_tokens::ways);
    EXPECT_GT(held, verified_tokens::sets * verified_tokens::ways * 9 / 10);
    EXPECT_GT(late, held * 9 / 10);
}

TEST(VerifiedTokens, IsForEveryThread) {
    verified_tokens subject;
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&, t] {
            while (!stop)
                for (int i = 0; i < 100; ++i) {
                    const auto digest = subject.digest_of(std::to_string(i));
                    auto token = good_until(start + seconds{i + 1});
                    token.profile = some_session().user;
                    if (t < 2)
                        subject.put(digest, token, subject.generation());
                    else if (const auto found = subject.find(digest, start); found && !found->profile)
                        ADD_FAILURE() << i;
                }
        });
    for (int i = 0; i < 5; ++i)
        subject.forget_all();
    stop = true;
    for (auto& thread : threads)
        thread.join();
}

TEST(MintedTokens, HandsOutWhatItWasGivenUntilThen) {
    minted_tokens subject;
    const session mine = some_session();
    std::string out = "x";
    EXPECT_FALSE(subject.append(mine, start, out));
    EXPECT_EQ(out, "x");
    subject.put(mine, "first", start, start + seconds{240}, subject.generation());
    EXPECT_TRUE(subject.append(mine, start + seconds{239}, out));
    EXPECT_EQ(out, "xfirst");
    EXPECT_FALSE(subject.append(mine, start + seconds{240}, out));
    subject.put(mine, "second", start, start + seconds{480}, subject.generation());
    EXPECT_TRUE(subject.append(mine, start, out));
    EXPECT_EQ(out, "xfirstsecond");
    EXPECT_FALSE(subject.append(mine, start - seconds{1}, out));  // the wall clock was set back
    session other = mine;
    other.authenticated_at += seconds{1};
    EXPECT_FALSE(subject.append(other, start, out));
    other = mine;
    other.user = some_session().user;
    EXPECT_FALSE(subject.append(other, start, out));
    const auto before = subject.generation();
    subject.forget_all();
    EXPECT_FALSE(subject.append(mine, start, out));
    subject.put(mine, "third", start, start + seconds{480}, before);
    EXPECT_FALSE(subject.append(mine, start, out));
}

TEST(MintedTokens, HoldsSoManyAndNoMore) {
    minted_tokens subject;
    std::vector<session> all;
    session one = some_session();
    for (std::size_t i = 0; i < 4 * minted_tokens::sets * minted_tokens::ways; ++i) {
        one.id = random_public_id();
        all.push_back(one);
        subject.put(one, "token", start, start + seconds{240}, subject.generation());
    }
    std::size_t held = 0;
    std::string out;
    for (const session& each : all)
        held += subject.append(each, start, out) ? 1 : 0;
    EXPECT_LE(held, minted_tokens::sets * minted_tokens::ways);
    EXPECT_GT(held, minted_tokens::sets * minted_tokens::ways * 9 / 10);
}

}  // namespace
}  // namespace latchkey
