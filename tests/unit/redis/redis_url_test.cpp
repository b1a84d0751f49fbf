#include "redis_url.hpp"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(redis_url, of_every_form) {
    const std::vector<std::pair<std::string, std::string>> same{
        {"redis://10.0.0.7", "redis://10.0.0.7:6379"},
        {"redis://cache.internal:7000/3", "redis://cache.internal:7000/3"},
        {"redis://latchkey@cache:1", "redis://latchkey@cache:1"},
        {"rediss://cache/", "rediss://cache:6379"},
        {"redis://[::1]:6380", "redis://[::1]:6380"},
        {"redis://[fd00::7]", "redis://[fd00::7]:6379"},
        {"unix:/run/redis/redis.sock", "unix:/run/redis/redis.sock"},
        {"unix:///run/redis.sock?db=2", "unix:/run/redis.sock?db=2"},
    };
    for (const auto& [text, shown] : same) {
        const auto parsed = parse_redis_url(text);
        EXPECT_EQ(parsed.fault, "") << text;
        EXPECT_EQ(parsed.url.str(), shown);
    }
}

TEST(redis_url, faults) {
    for (const std::string& text :
         {std::string(), std::string("redis"), std::string("redis://"), std::string("redis://:6379"),
          std::string("http://cache"), std::string("redis://cache:0"), std::string("redis://cache:65536"),
          std::string("redis://cache:6379x"), std::string("redis://cache/x"), std::string("redis://[::1"),
          std::string("redis://a b"), std::string("redis://cache?x=1"), std::string("redis://a@b@c:"),
          std::string("unix:relative"), std::string("unix:/a?db="), std::string("unix:/a?x=1"),
          "unix:/" + std::string(107, 'a'), std::string("redis://c\0che", 13)})
        EXPECT_NE(parse_redis_url(text).fault, "") << text;
}

TEST(redis_url, takes_no_password) {
    const auto parsed = parse_redis_url("redis://user:hunter2@cache");
    EXPECT_NE(parsed.fault.find("password_file"), std::string_view::npos);
    EXPECT_EQ(parsed.fault.find("hunter2"), std::string_view::npos);
}

}  // namespace
}  // namespace latchkey
