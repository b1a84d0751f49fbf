// What `latchkey doctor` says of Redis, a real one.
#include "doctor_redis.hpp"

#include "free_port.hpp"
#include "redis_process.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace latchkey {
namespace {

class DoctorRedis : public testing::Test {
protected:
    void SetUp() override {
        if (test::redis_program().empty())
            GTEST_SKIP() << "no redis-server here";
        options_.session.store = "redis";
    }
    std::vector<std::string> examine(const std::string& url) {
        options_.redis.url = url;
        found_ = check_redis(options_);
        std::vector<std::string> out;
        for (const auto& f : found_) {
            EXPECT_EQ(f.remedy.empty(), f.weight == severity::good) << f.code;
            out.emplace_back(f.code);
        }
        return out;
    }

    temporary_directory directory_;
    config options_;
    findings found_;
};

TEST_F(DoctorRedis, IsNotAskedWhereSessionsAreElsewhere) {
    options_.session.store = "database";
    EXPECT_THAT(examine("redis://127.0.0.1:1"), testing::IsEmpty());
}

TEST_F(DoctorRedis, FindsOneThatIsFit) {
    auto lines = test::durable_redis();
    lines.emplace_back("maxmemory 100mb");
    test::redis_process redis(lines);
    EXPECT_THAT(examine(redis.url()), testing::ElementsAre("redis_answers"));
    EXPECT_THAT(found_.front().what, testing::HasSubstr("Redis 7"));
    EXPECT_THAT(examine("unix:" + redis.socket()), testing::ElementsAre("redis_answers"));
}

TEST_F(DoctorRedis, SaysWhatMayBeLost) {
    test::redis_process redis;
    EXPECT_THAT(examine(redis.url()),
                testing::ElementsAre("redis_answers", "redis_not_durable", "redis_no_memory_limit"));
}

TEST_F(DoctorRedis, SaysWhyThereIsNone) {
    EXPECT_THAT(examine("redis://127.0.0.1:" + std::to_string(test::free_port())),
                testing::ElementsAre("redis_unreachable"));
    EXPECT_THAT(found_.front().what, testing::HasSubstr("Connection refused"));
    test::redis_process redis({"requirepass sesame"});
    EXPECT_THAT(examine(redis.url()), testing::ElementsAre("redis_unreachable"));
    EXPECT_THAT(found_.front().what, testing::HasSubstr("wants a password"));
    options_.redis.timeout = milliseconds{100};
    redis.freeze();
    EXPECT_THAT(examine(redis.url()), testing::ElementsAre("redis_unreachable"));
}

TEST_F(DoctorRedis, FindsTheMasterByItsSentinels) {
    test::redis_process redis;
    test::redis_sentinel sentinel(redis);
    options_.redis.sentinels = {"127.0.0.1:" + std::to_string(sentinel.port())};
    EXPECT_THAT(examine("redis://127.0.0.1:1"), testing::Contains("redis_answers"));
    options_.redis.sentinel_master = "another";
    EXPECT_THAT(examine("redis://127.0.0.1:1"), testing::ElementsAre("redis_unreachable"));
    EXPECT_THAT(found_.front().what, testing::HasSubstr("knows no master of that name"));
}

TEST_F(DoctorRedis, LeavesAPasswordToItsOwner) {
    options_.redis.password_file = directory_.write("p", "sesame\n");
    chmod(options_.redis.password_file.c_str(), 0644);
    EXPECT_THAT(examine("redis://127.0.0.1:1"), testing::ElementsAre("redis_not_examined"));
}

}  // namespace
}  // namespace latchkey
