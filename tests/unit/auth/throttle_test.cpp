// What only the table does, beside tests/contract/throttle_contract.cpp (requirements L5, L8).
#include "make_throttle.hpp"
#include "sanitizer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

namespace latchkey {
namespace {

client_prefix client(unsigned n) {
    client_address address;
    address.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10};
    for (std::size_t i = 0; i < 3; ++i)
        address.bytes[13 + i] = static_cast<std::uint8_t>(n >> (16 - 8 * i));
    return prefix_of(address);
}

secret key() {
    secret out = secret::of_size(32);
    std::fill(out.writable().begin(), out.writable().end(), 'k');
    return out;
}

throttle_options budgets(unsigned pair, unsigned of_client, unsigned account) {
    throttle_options out;
    out.per_pair = {pair, seconds{900}};
    out.per_client = {of_client, seconds{900}};
    out.per_account = {account, seconds{900}};
    out.memory = 1024 * 1024;
    return out;
}

class Throttle : public ::testing::Test {
protected:
    Throttle() : Throttle(budgets(5, 20, 10)) {}
    explicit Throttle(const throttle_options& options)
        : options_(options), subject(make_throttle(options, key(), time)) {}

    bool fails(unsigned c, std::string_view account, std::optional<device_id> d = {}) {
        return subject->admit({client(c), account, d}).has_value();
    }
    int admitted(int attempts, unsigned c, std::string_view account, std::optional<device_id> d = {}) {
        int out = 0;
        for (int i = 0; i < attempts; ++i)
            out += fails(c, account, d) ? 1 : 0;
        return out;
    }
    seconds wait(unsigned c, std::string_view account, std::optional<device_id> d = {}) {
        const auto outcome = subject->admit({client(c), account, d});
        if (!outcome)
            return throttle_wait(outcome.error());
        subject->forgive(*outcome);
        return seconds{0};
    }

    manual_clock time;
    const throttle_options options_;
    std::unique_ptr<persistent_throttle> subject;
};

TEST_F(Throttle, CountsWhatItDoes) {
    admitted(7, 1, "a");
    const auto s = subject->stats();
    EXPECT_EQ(s.admitted, 5U);
    EXPECT_EQ(s.refused[static_cast<std::size_t>(throttle_kind::pair)], 2U);
    EXPECT_EQ(s.used, 3U);
    EXPECT_LE(s.bytes, options_.memory);
    EXPECT_GT(s.bytes, options_.memory * 8 / 10);
}

// L5, Keycloak CVE-2024-4629: guesses at the same moment are as many as guesses one after the other.
TEST_F(Throttle, ParallelGuessesAreCountedExactly) {
    constexpr int threads = 8, each = 25;  // 200 at once
    const int rounds = test::under_sanitizer() ? 100 : 1'000;
    std::atomic<int> all{0};
    std::atomic<int> round{0};
    std::vector<int> seen;
    std::barrier end(threads, [&]() noexcept {
        seen.push_back(all.exchange(0));
        ++round;
    });
    seen.reserve(static_cast<std::size_t>(rounds));
    std::vector<std::thread> team;
    for (int t = 0; t < threads; ++t)
        team.emplace_back([&] {
            for (int r = 0; r < rounds; ++r) {
                const std::string account = "user" + std::to_string(round.load()) + "@example.com";
                for (int i = 0; i < each; ++i)
                    if (subject->admit({client(static_cast<unsigned>(round.load())), account, {}}))
                        ++all;
                end.arrive_and_wait();
            }
        });
    for (auto& one : team)
        one.join();
    EXPECT_EQ(seen, std::vector<int>(static_cast<std::size_t>(rounds), 5));
}

// L8: names without end leave its memory as it was, and an offender refused. tests/bench has it with ten million.
TEST_F(Throttle, AFloodOfNamesWashesNoOffenderOut) {
    const unsigned names = test::under_sanitizer() ? 100'000 : 500'000;
    admitted(5, 0xfffff0, "offender@example.com");
    admitted(4, 0xfffff1, "nearly@example.com");
    const auto before = subject->stats();
    for (unsigned i = 0; i < names; ++i)
        fails(i % 0xfffff0, std::to_string(i));
    const auto after = subject->stats();
    EXPECT_EQ(after.bytes, before.bytes);
    EXPECT_LE(after.used, after.slots);
    EXPECT_GT(after.evicted, names / 2);
    EXPECT_FALSE(fails(0xfffff0, "offender@example.com"));
    EXPECT_EQ(admitted(50, 0xfffff1, "nearly@example.com"), 1);
}

// A restart, ten seconds later.
TEST_F(Throttle, GoesOnWhereAnotherLeftOff) {
    admitted(5, 1, "alice@example.com");
    admitted(3, 2, "b");
    const auto records = subject->take_changed(100);
    EXPECT_EQ(records.size(), 6U);
    EXPECT_TRUE(subject->take_changed(100).empty());
    time.advance(seconds{10});
    const auto next = make_throttle(options_, key(), time);
    next->restore(records);
    EXPECT_TRUE(next->take_changed(100).empty()) << "it is saved already";
    const auto refused = next->admit({client(1), "alice@example.com", {}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(throttle_wait(refused.error()), seconds{170});
    EXPECT_EQ(next->list({}, 1).at(0).account, "alice@example.com");
    for (int i = 0; i < 2; ++i)
        EXPECT_TRUE(next->admit({client(2), "b", {}}));
    EXPECT_FALSE(next->admit({client(2), "b", {}}));
}

TEST_F(Throttle, HandsOutEveryChangeOnceAndAgainWhenItWasNotSaved) {
    admitted(1, 1, "a");
    const auto ticket = subject->admit({client(2), "b", {}});
    ASSERT_TRUE(ticket);
    subject->succeeded(*ticket);
    auto first = subject->take_changed(2);
    EXPECT_EQ(first.size(), 2U);
    const auto rest = subject->take_changed(100);
    EXPECT_EQ(rest.size(), 4U);
    EXPECT_TRUE(subject->take_changed(100).empty());
    subject->put_back(rest);
    EXPECT_EQ(subject->take_changed(100).size(), 4U);
    first.insert(first.end(), rest.begin(), rest.end());
    const auto gone = std::count_if(first.begin(), first.end(), [](const auto& r) { return r.failures == 0; });
    EXPECT_EQ(gone, 3) << "what the success took back";
}

TEST_F(Throttle, LeavesOutWhatNoThrottleWouldHaveWritten) {
    throttle_record good{{}, throttle_kind::pair, 5, time.now(), client(1), ""};
    good.key.bytes.fill(1);
    auto no_kind = good, another_kind = good, nothing = good, ancient = good, future = good, huge = good;
    no_kind.kind = throttle_kind{};
    another_kind.kind = static_cast<throttle_kind>(200);
    nothing.failures = 0;
    ancient.last = time_point{seconds{0}};
    for (const auto& bad : {no_kind, another_kind, nothing, ancient})
        subject->restore(std::span(&bad, 1));
    EXPECT_TRUE(subject->list({}, 10).empty());
    future.last = time.now() + seconds{86'400 * 365};
    subject->restore(std::span(&future, 1));
    ASSERT_EQ(subject->list({}, 10).size(), 1U);
    EXPECT_EQ(subject->list({}, 10)[0].open_at, time.now() + seconds{180});
    huge.failures = UINT32_MAX;
    huge.account = std::string(10'000, 'x');
    subject->restore(std::span(&huge, 1));
    EXPECT_LE(subject->list({}, 10)[0].open_at, time.now() + seconds{3600});
}

TEST_F(Throttle, KnowsWhenARecordMeansNothingAnyMore) {
    admitted(5, 1, "a");
    auto records = subject->take_changed(100);
    const auto next = make_throttle(options_, key(), time);
    for (auto& record : records)
        record.last = subject->forgotten_before();
    next->restore(records);
    EXPECT_TRUE(next->list({}, 10).empty());
}

}  // namespace
}  // namespace latchkey
