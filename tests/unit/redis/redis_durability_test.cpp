// What is said about a Redis that may lose sessions, or bring back those that were ended.
#include "redis_durability.hpp"

#include "redis_client_fixture.hpp"

#include <gmock/gmock.h>

namespace latchkey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> codes(const std::vector<redis_warning>& found) {
    std::vector<std::string> out;
    for (const auto& one : found) {
        out.emplace_back(one.code);
        EXPECT_FALSE(one.text.empty());
    }
    return out;
}

const redis_settings sound{
    {"appendonly", "yes"},       {"appendfsync", "always"},          {"no-appendfsync-on-rewrite", "no"}, {"save", ""},
    {"maxmemory", "1073741824"}, {"maxmemory-policy", "noeviction"}, {"min-replicas-to-write", "0"}};

redis_settings sound_but(const std::string& name, const std::string& value) {
    auto out = sound;
    out[name] = value;
    return out;
}

TEST(redis_durability, judges_each_setting) {
    EXPECT_THAT(judge_durability(sound, false), IsEmpty());
    EXPECT_THAT(judge_durability({}, true), IsEmpty()) << "of what is not known nothing is said";
    EXPECT_THAT(codes(judge_durability(sound, true)), ElementsAre("redis_lone_master"));
    EXPECT_THAT(judge_durability(sound_but("min-replicas-to-write", "1"), true), IsEmpty());
    EXPECT_THAT(codes(judge_durability(sound_but("appendfsync", "everysec"), false)), ElementsAre("redis_late_fsync"));
    EXPECT_THAT(codes(judge_durability(sound_but("appendfsync", "no"), false)), ElementsAre("redis_late_fsync"));
    EXPECT_THAT(codes(judge_durability(sound_but("no-appendfsync-on-rewrite", "yes"), false)),
                ElementsAre("redis_late_fsync"));
    EXPECT_THAT(codes(judge_durability(sound_but("maxmemory", "0"), false)), ElementsAre("redis_no_memory_limit"));
    for (const auto* policy : {"allkeys-lru", "volatile-ttl", "volatile-lru", "allkeys-random"})
        EXPECT_THAT(codes(judge_durability(sound_but("maxmemory-policy", policy), false)), ElementsAre("redis_evicts"));
    const auto emptied = judge_durability(sound_but("appendonly", "no"), false);
    EXPECT_THAT(codes(emptied), ElementsAre("redis_not_durable"));
    EXPECT_THAT(emptied.front().text, HasSubstr("signs everybody out"));
    auto snapshots = sound_but("appendonly", "no");
    snapshots["save"] = "3600 1";
    EXPECT_THAT(judge_durability(snapshots, false).front().text, HasSubstr("are back"));
}

class redis_durability_check : public redis_client_fixture {
protected:
    std::vector<std::string> codes_of(const std::string& url, const std::string& password = {}) {
        redis_client client(options_for(url, password), log_);
        const auto found = run_.await(check_durability(client, false));
        EXPECT_TRUE(found);
        return found ? codes(*found) : std::vector<std::string>();
    }
};

TEST_F(redis_durability_check, asks_a_real_one) {
    test::redis_process plain;
    EXPECT_THAT(codes_of(plain.url()), ElementsAre("redis_not_durable", "redis_no_memory_limit"));
    auto lines = test::durable_redis();
    lines.push_back("maxmemory 100mb");
    test::redis_process durable(lines);
    EXPECT_THAT(codes_of(durable.url()), IsEmpty());
    lines.back() = "maxmemory 100mb\nmaxmemory-policy allkeys-lru";
    lines[1] = "appendfsync everysec";
    test::redis_process careless(lines);
    EXPECT_THAT(codes_of(careless.url()), ElementsAre("redis_late_fsync", "redis_evicts"));
}

// INFO tells part of it.
TEST_F(redis_durability_check, does_without_the_configuration) {
    test::redis_process redis(
        {"maxmemory 100mb", "maxmemory-policy allkeys-lru", "user latchkey on >sesame ~* -@all +info +client|setname"});
    EXPECT_THAT(codes_of("redis://latchkey@" + redis.address(), "sesame"),
                ElementsAre("redis_not_durable", "redis_evicts", "redis_settings_hidden"));
}

TEST_F(redis_durability_check, a_replica_that_is_there_counts) {
    auto lines = test::durable_redis();
    lines.push_back("maxmemory 100mb");
    lines.push_back("repl-diskless-sync-delay 0");
    test::redis_process master(lines);
    test::redis_process replica({master.as_master()});
    redis_client client(options_for(master.url()), log_);
    const test::deadline until;
    while (text(client, {"INFO", "replication"}).find("connected_slaves:1") == std::string::npos)
        ASSERT_FALSE(until.passed());
    EXPECT_THAT(codes_of(master.url()), ElementsAre("redis_lone_master"));
}

TEST_F(redis_durability_check, of_a_redis_that_is_away) {
    redis_client client(options_for("redis://127.0.0.1:" + std::to_string(test::free_port())), log_);
    EXPECT_FALSE(run_.await(check_durability(client, false)));
}

// What was said yes to is there after the worst end: what tests of crashes rest on.
TEST_F(redis_durability_check, sigkill_loses_nothing_with_always) {
    test::redis_process redis(test::durable_redis());
    redis_client client(options_for(redis.url()), log_);
    for (int i = 1; i <= 5; ++i) {
        await_up(client);
        EXPECT_EQ(ask(client, {"INCR", "n"})->integer, i);
        redis.kill();
        redis.start();
    }
}

}  // namespace
}  // namespace latchkey::testing
