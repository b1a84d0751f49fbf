// One throttle for several servers, and what becomes of it when Redis is in trouble.
#include "deadline.hpp"
#include "throttle_redis.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <barrier>
#include <thread>

#include <poll.h>

namespace latchkey::testing {
namespace {

class redis_throttle_test : public ::testing::Test {
protected:
    static client_prefix from(unsigned n) {
        client_address address;
        address.bytes = {0x20, 0x01, 0x0d, 0xb8};
        for (std::size_t i = 0; i < 4; ++i)
            address.bytes[4 + i] = static_cast<std::uint8_t>(n >> (24 - 8 * i));
        return prefix_of(address);
    }
    static throttle_options five_in_a_quarter() {
        throttle_options out;
        out.per_pair = {5, seconds{900}};
        out.per_client = {20, seconds{900}};
        out.per_account = {10, seconds{900}};
        return out;
    }

    throttling_server& server(const test::redis_process& redis, milliseconds timeout = milliseconds{10'000}) {
        servers_.push_back(std::make_unique<throttling_server>(redis, options, key_, time, prefix_, timeout));
        return *servers_.back();
    }
    result<throttle_ticket> admit(throttling_server& by, unsigned client, std::string_view account) {
        return run_.await(by.throttled().admit({from(client), account, {}}));
    }
    int admitted(throttling_server& by, int attempts, unsigned client, std::string_view account) {
        int out = 0;
        for (int i = 0; i < attempts; ++i)
            out += admit(by, client, account) ? 1 : 0;
        return out;
    }
    std::vector<throttle_entry> list(throttling_server& by, const throttle_filter& filter = {}) {
        return run_.await(by.throttled().list(filter, 100'000)).value();
    }
    std::size_t entries_in_redis(throttling_server& by) {
        std::size_t all = 0;
        for (const char* kind : {"1", "2", "3", "4"})
            all += static_cast<std::size_t>(by.tell({"ZCARD", prefix_ + "throttled:" + kind}).integer);
        return all;
    }

    manual_clock time;
    throttle_options options = five_in_a_quarter();
    const secret key_{std::string(32, 'k')};
    const std::string prefix_ = fresh_prefix();
    runner run_;  // outlives the servers' threads, which come back to it; these too
    std::array<runner, 8> team_;
    std::vector<std::unique_ptr<throttling_server>> servers_;
};

// L5
TEST_F(redis_throttle_test, several_servers_are_one_budget) {
    auto &a = server(redis_of_throttles()), &b = server(redis_of_throttles());
    EXPECT_EQ(admitted(a, 3, 1, "alice@example.com"), 3);
    EXPECT_EQ(admitted(b, 50, 1, "alice@example.com"), 2);
    EXPECT_EQ(admitted(a, 50, 1, "alice@example.com"), 0);
    const auto here = list(a), there = list(b);
    ASSERT_EQ(here.size(), 3U);
    ASSERT_EQ(there.size(), 3U);
    EXPECT_EQ(here[0].id, there[0].id);
    EXPECT_EQ(there[0].account, "alice@example.com");
    EXPECT_EQ(there[0].client, from(1));
}

// L5, Keycloak CVE-2024-4629: also when they come to both at the same moment.
TEST_F(redis_throttle_test, parallel_guesses_are_counted_exactly) {
    constexpr int threads = 8, each = 25, rounds = 60;
    auto &a = server(redis_of_throttles()), &b = server(redis_of_throttles());
    std::array<std::atomic<int>, rounds> let_through{};
    std::barrier begin(threads);
    std::vector<std::thread> team;
    for (int t = 0; t < threads; ++t)
        team.emplace_back([&, t] {
            runner& own = team_[static_cast<std::size_t>(t)];
            for (int r = 0; r < rounds; ++r) {
                const std::string account = "user" + std::to_string(r) + "@example.com";
                begin.arrive_and_wait();
                for (int i = 0; i < each; ++i) {
                    auto& asked = (t + i) % 2 == 0 ? a : b;
                    if (own.await(asked.throttled().admit({from(static_cast<unsigned>(r)), account, {}})))
                        ++let_through[static_cast<std::size_t>(r)];
                }
            }
        });
    for (auto& one : team)
        one.join();
    for (const auto& count : let_through)
        EXPECT_EQ(count, 5);
}

// L8: names without end take no more room, and an offender stays refused.
TEST_F(redis_throttle_test, a_flood_of_names_washes_no_offender_out) {
    options.memory = 4UL * 320 * 200;
    auto& a = server(redis_of_throttles());
    admitted(a, 5, 1, "offender@example.com");
    admitted(a, 4, 2, "nearly@example.com");
    for (unsigned i = 0; i < 3'000; ++i) {
        ASSERT_TRUE(admit(a, 1'000 + i, std::to_string(i)));
        ASSERT_LE(i % 100 == 0 ? entries_in_redis(a) : 0U, 800U);
    }
    EXPECT_EQ(entries_in_redis(a), 600U) << "no device was known";
    const auto stats = a.throttled().stats();
    EXPECT_EQ(stats.slots, 800U);
    EXPECT_EQ(stats.used, 600U);
    EXPECT_EQ(stats.evicted, 3 * 3'000 + 6 - 600U);
    EXPECT_EQ(admitted(a, 5, 1, "offender@example.com"), 0);
    EXPECT_EQ(admitted(a, 5, 2, "nearly@example.com"), 1);
    std::size_t records = 0, bytes = 0;
    std::string cursor = "0";
    do {
        const auto page = a.tell({"SCAN", cursor, "MATCH", prefix_ + '*', "COUNT", "1000"});
        cursor = page.items.at(0).text;
        for (const auto& name : page.items.at(1).items) {
            ++records;
            bytes += static_cast<std::size_t>(a.tell({"MEMORY", "USAGE", name.text, "SAMPLES", "0"}).integer);
        }
    } while (cursor != "0");
    EXPECT_EQ(records, 600U + 3) << "nothing is kept that no index knows";
    EXPECT_LT(bytes, 600U * 320);
}

// What is forgotten leaves the index, a little at a time.
TEST_F(redis_throttle_test, what_is_forgotten_goes) {
    auto& a = server(redis_of_throttles());
    for (unsigned i = 0; i < 100; ++i)
        admit(a, i, std::to_string(i));
    EXPECT_EQ(entries_in_redis(a), 300U);
    time.advance(seconds{901});
    for (unsigned i = 0; i < 10; ++i)
        admit(a, 1'000 + i, "new" + std::to_string(i));
    EXPECT_EQ(entries_in_redis(a), 30U);
    EXPECT_EQ(a.throttled().stats().evicted, 0U);
}

// An administrator on one server lets somebody in on all.
TEST_F(redis_throttle_test, what_one_forgets_the_others_do) {
    auto &a = server(redis_of_throttles()), &b = server(redis_of_throttles());
    for (unsigned i = 0; i < 20; ++i)
        admit(a, 1, std::to_string(i));
    ASSERT_FALSE(admit(b, 1, "alice@example.com"));
    ASSERT_GT(b.throttled().client_wait(from(1)), seconds{0});
    EXPECT_EQ(run_.await(a.throttled().clear({{}, {}, from(1)})).value(), 21U) << "the client, and 20 pairs";
    for (const test::deadline until; b.throttled().client_wait(from(1)) > seconds{0}; ::poll(nullptr, 0, 10))
        ASSERT_FALSE(until.passed());
    for (const test::deadline until; !admit(b, 1, "alice@example.com"); ::poll(nullptr, 0, 10))
        ASSERT_FALSE(until.passed());
    EXPECT_EQ(list(a, {{}, {}, from(1)}).size(), 2U);
}

// A flood of refused attempts is answered here.
TEST_F(redis_throttle_test, refusals_are_cheap) {
    auto& a = server(redis_of_throttles());
    ASSERT_EQ(admitted(a, 6, 1, "alice@example.com"), 5);
    const auto before = a.client().stats().commands;
    EXPECT_EQ(admitted(a, 2'000, 1, "alice@example.com"), 0);
    EXPECT_LT(a.client().stats().commands - before, 100U);
    EXPECT_EQ(a.throttled().stats().refused[static_cast<std::size_t>(throttle_kind::pair)], 2'001U);
}

TEST_F(redis_throttle_test, lists_very_many_in_pages) {
    options.per_client.failures = 100'000;
    auto& a = server(redis_of_throttles());
    for (unsigned i = 0; i < 1'500; ++i)
        ASSERT_TRUE(admit(a, 1, std::to_string(i)));
    EXPECT_EQ(list(a).size(), 3'001U);
    EXPECT_EQ(run_.await(a.throttled().list({}, 10)).value().size(), 10U);
    EXPECT_EQ(run_.await(a.throttled().clear({})).value(), 3'001U);
    EXPECT_EQ(entries_in_redis(a), 0U);
}

// Nobody gets in uncounted, and nobody is told that they were wrong.
TEST_F(redis_throttle_test, without_redis_nobody_is_judged) {
    test::redis_process redis;
    auto& a = server(redis, milliseconds{200});
    const auto ticket = admit(a, 1, "alice@example.com");
    ASSERT_TRUE(ticket);
    redis.freeze();
    const auto frozen = admit(a, 1, "alice@example.com");
    EXPECT_EQ(frozen.error(), errc::store_unavailable);
    EXPECT_EQ(run_.await(a.throttled().list({}, 1)).error(), errc::store_unavailable);
    EXPECT_EQ(run_.await(a.throttled().clear({})).error(), errc::store_unavailable);
    a.throttled().succeeded(*ticket);
    redis.thaw();
    redis.kill();
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(admit(a, 1, "alice@example.com").error(), errc::store_unavailable);
    a.throttled().forgive(*ticket);
    redis.start();
    for (const test::deadline until; !admit(a, 2, "bob@example.com"); ::poll(nullptr, 0, 10))
        ASSERT_FALSE(until.passed());
}

TEST_F(redis_throttle_test, a_full_redis_judges_nobody_and_takes_back) {
    test::redis_process redis;
    auto& a = server(redis);
    const auto ticket = admit(a, 1, "alice@example.com");
    ASSERT_TRUE(ticket);
    a.tell({"CONFIG", "SET", "maxmemory", "1"});
    EXPECT_EQ(admit(a, 1, "alice@example.com").error(), errc::store_unavailable);
    EXPECT_NE(a.log().find("redis_refused"), std::string::npos);
    EXPECT_EQ(list(a).size(), 3U);
    a.throttled().forgive(*ticket);
    a.settle();
    EXPECT_EQ(list(a).size(), 0U);
    a.tell({"CONFIG", "SET", "maxmemory", "0"});
    EXPECT_EQ(admitted(a, 50, 1, "alice@example.com"), 5);
}

// Another program may have written there.
TEST_F(redis_throttle_test, what_is_not_ours_harms_nobody_else) {
    auto& a = server(redis_of_throttles());
    ASSERT_EQ(admitted(a, 5, 1, "alice@example.com"), 5);
    const auto keys = a.tell({"ZRANGE", prefix_ + "throttled:1", "0", "-1"});
    ASSERT_EQ(keys.items.size(), 1U);
    const std::string record = prefix_ + "t:" + keys.items[0].text;
    for (const std::string& bytes : {std::string("?"), std::string(25, '\xff'), std::string(4'000, '\0')}) {
        a.tell({"SET", record, bytes});
        EXPECT_EQ(list(a).size(), 2U) << bytes.size();
    }
    EXPECT_NE(a.log().find("redis_malformed"), std::string::npos);
    a.tell({"DEL", record});
    a.tell({"LPUSH", record, "x"});
    EXPECT_EQ(admit(a, 1, "alice@example.com").error(), errc::store_unavailable);
    EXPECT_TRUE(admit(a, 2, "alice@example.com"));
    a.tell({"DEL", record});
}

}  // namespace
}  // namespace latchkey::testing
