// Redis reckons as throttle_budget.cpp does, whatever the budget and whatever is held.
#include "throttle_asker.hpp"
#include "throttle_budget.hpp"
#include "throttle_keys.hpp"
#include "throttle_redis.hpp"

#include <gtest/gtest.h>

#include <random>

namespace latchkey::testing {
namespace {

class redis_throttle_arithmetic : public ::testing::Test {
protected:
    static constexpr std::string_view account = "alice@example.com";

    redis_throttle_arithmetic() { out_of_the_way(); }

    std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n)); }
    time_point now() const { return time_.now(); }

    void out_of_the_way() {
        options_.per_client = {1'000'000, seconds{1}};
        options_.per_account = {1'000'000, seconds{1}};
    }
    throttle_budget any_budget() {
        const std::int64_t windows[] = {1, 2, 60, 900, 3600, 86'400, 31'536'000};
        const std::int64_t failures[] = {1, 2, 5, 10, 100, 1000};
        return {static_cast<unsigned>(below(2) == 0 ? failures[below(6)] : 1 + below(300)),
                seconds{below(2) == 0 ? windows[below(7)] : 1 + below(10'000)}};
    }
    held any_state(const throttle_budget& budget) {
        const std::int64_t longest = longest_memory(budget).count() + 10;
        const auto failures = below(4) == 0 ? below(UINT32_MAX) : below(budget.failures + 12);
        return {static_cast<std::uint32_t>(failures), now() - seconds{below(8) == 0 ? -below(100) : below(longest)}};
    }

    std::string record_key() const { return server_.prefix() + "t:" + std::string(text_of(key_)); }
    void put(const held& state) {
        if (state.failures == 0) {
            server_.tell({"DEL", record_key()});
            return;
        }
        std::string record;
        const auto last = static_cast<std::uint32_t>(state.last.time_since_epoch().count());
        for (const std::uint32_t number : {state.failures, last})
            for (int shift = 24; shift >= 0; shift -= 8)
                record.push_back(static_cast<char>(number >> shift));
        record.push_back(1);
        record.append(client_.network.bytes.begin(), client_.network.bytes.end());
        server_.tell({"SET", record_key(), record});
    }
    held kept() {
        const redis_reply reply = server_.tell({"GET", record_key()});
        const auto one = read_throttle(text_of(key_), reply.text);
        return one ? one->state : held{};
    }
    std::int64_t score() {
        return std::stoll(server_.tell({"ZSCORE", server_.prefix() + "throttled:1", text_of(key_)}).text);
    }
    result<throttle_ticket> admit() { return run_.await(server_.throttled().admit({client_, account, {}})); }

    manual_clock time_;
    throttle_options options_;
    const secret secret_{std::string(32, 'k')};
    client_prefix client_ = prefix_of(client_address{{0x20, 0x01, 0x0d, 0xb8, 7}});
    const throttle_key key_ = throttle_keys(secret_).pair(client_, account);
    runner run_;  // outlives the server's thread, which comes back to it
    throttling_server server_{redis_of_throttles(), options_, secret_, time_};
    std::mt19937_64 random_{20'260'729};
};

TEST_F(redis_throttle_arithmetic, is_that_of_the_table) {
    for (int i = 0; i < 2'000 && !HasFailure(); ++i) {
        const throttle_budget budget = options_.per_pair = any_budget();
        server_.throttled().configure(options_);
        const held written = any_state(budget);
        put(written);
        SCOPED_TRACE(::testing::Message() << budget.failures << '/' << budget.window.count() << "s: "
                                          << written.failures << ", " << (now() - written.last).count() << " s ago");
        const held before = written.failures == 0 ? held{} : plausible(written, budget, now());
        const seconds wait = before.failures == 0 ? seconds{0} : std::max(seconds{0}, open_at(before, budget) - now());
        const auto ticket = admit();
        if (wait > seconds{0}) {
            ASSERT_FALSE(ticket);
            EXPECT_EQ(throttle_wait(ticket.error()), throttle_wait(throttled_for(wait)))
                << "both say no more than a day";
            EXPECT_EQ(kept(), written);
            continue;
        }
        ASSERT_TRUE(ticket);
        EXPECT_EQ((held{ticket->keys[0].failures_before, ticket->keys[0].last_before}), before);
        const held after = with_failure(before, budget, now());
        EXPECT_EQ(kept(), after);
        const time_point forgotten{seconds{score()}};
        EXPECT_EQ(failures_at(after, budget, forgotten), 0U);
        EXPECT_NE(failures_at(after, budget, forgotten - seconds{1}), 0U);

        // Taken back alone, and with another's behind it.
        const bool another = below(2) == 0;
        const held later{after.failures + 1, now() + seconds{3}};
        if (another)
            put(later);
        server_.throttled().forgive(*ticket);
        server_.settle();
        EXPECT_EQ(kept(), another ? (held{later.failures - 1, later.last}) : before.failures == 0 ? held{} : before);
    }
}

}  // namespace
}  // namespace latchkey::testing
