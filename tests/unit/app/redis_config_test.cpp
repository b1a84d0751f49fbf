// The section [redis]: what its keys may hold, alone and together, and the files that it names.
#include "compose.hpp"
#include "config_commands.hpp"
#include "load_config.hpp"
#include "redis_setup.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include <sys/stat.h>

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string in_redis = "[session]\nstore = 'redis'\n[redis]\nurl = 'redis://127.0.0.1'\n";

class RedisConfig : public testing::Test {
protected:
    loaded_config load(const std::string& text) { return load_config(directory_.write("c.toml", text), io_.variables); }
    std::vector<std::string> faults_of(const std::string& text) {
        std::vector<std::string> out;
        for (const auto& fault : load(text).faults)
            out.push_back(fault.text().substr(directory_.path("c.toml").size() + 1));
        return out;
    }
    std::vector<std::string> warnings_of(const std::string& text) {
        const auto loaded = load(text);
        EXPECT_THAT(loaded.faults, IsEmpty()) << loaded.faults.front().text();
        return loaded.warnings;
    }
    // What `config check` ends with and says.
    int check(const std::string& text) {
        err_.str({});
        return check_config(io_, {directory_.write("c.toml", text), false});
    }
    std::string file(const std::string& name, const std::string& content, mode_t mode) {
        const auto path = directory_.write(name, content);
        chmod(path.c_str(), mode);
        return path;
    }

    temporary_directory directory_;
    std::ostringstream out_, err_;
    console io_{out_, err_, 0, "/nowhere", {}};
};

TEST_F(RedisConfig, ReadsEveryKey) {
    const auto loaded = load(
        "[session]\nstore = 'redis'\n[redis]\nurl = 'rediss://latchkey@redis.example.com/2'\n"
        "sentinels = ['10.0.0.1:26379', '[fd00::2]:26380']\nsentinel_master = 'sessions'\npassword_file = 'p'\n"
        "ca_file = 'ca.pem'\nprefix = 'a:'\ntimeout = '10ms'\nmax_staleness = '10s'\non_outage = 'serve_cached'\n"
        "outage_limit = '1s'\n");
    ASSERT_THAT(loaded.faults, IsEmpty()) << loaded.faults.front().text();
    EXPECT_THAT(loaded.values.redis.sentinels, ElementsAre("10.0.0.1:26379", "[fd00::2]:26380"));
    EXPECT_EQ(loaded.values.redis.sentinel_master, "sessions");
    EXPECT_EQ(loaded.values.redis.timeout, milliseconds{10});
    EXPECT_EQ(loaded.values.redis.max_staleness, milliseconds{10'000});
    EXPECT_EQ(loaded.values.redis.on_outage, "serve_cached");
    EXPECT_EQ(loaded.values.redis.outage_limit, seconds{1});
}

TEST_F(RedisConfig, TheEnvironmentWins) {
    io_.variables = {{"LATCHKEY_REDIS_SENTINELS", "a:1, b:2"}, {"LATCHKEY_REDIS_PREFIX", "test:"}};
    const auto loaded = load(in_redis + "prefix = 'x'\n");
    EXPECT_THAT(loaded.values.redis.sentinels, ElementsAre("a:1", "b:2"));
    EXPECT_EQ(loaded.values.redis.prefix, "test:");
}

TEST_F(RedisConfig, RefusesWhatNoKeyCanBe) {
    EXPECT_THAT(faults_of("[redis]\nurl = 'redis:cache'\nsentinels = ['a', 'b:0', 'c:x']\nsentinel_master = ''\n"
                          "prefix = 'a b'\ntimeout = '9ms'\nmax_staleness = '11s'\non_outage = 'panic'\n"
                          "outage_limit = '0s'\n"),
                ElementsAre(HasSubstr("2: redis.url: is not a Redis url: write redis://"),
                            HasSubstr("3: redis.sentinels: \"a\" is not a sentinel"),
                            HasSubstr("3: redis.sentinels: \"b:0\" is not a sentinel"),
                            HasSubstr("3: redis.sentinels: \"c:x\" is not a sentinel"),
                            HasSubstr("4: redis.sentinel_master: \"\" is empty"),
                            HasSubstr("5: redis.prefix: \"a b\" has a character that is no visible ASCII"),
                            "6: redis.timeout: 9ms is not between 10ms and 30s",
                            "7: redis.max_staleness: 11s is not between 10ms and 10s",
                            HasSubstr("8: redis.on_outage: \"panic\" is not one of \"refuse\" or \"serve_cached\""),
                            "9: redis.outage_limit: 0s is not between 1s and 7d"));
    EXPECT_THAT(faults_of("[redis]\nprefix = '" + std::string(64, 'p') + "'\n"), IsEmpty());
    EXPECT_THAT(faults_of("[redis]\nprefix = '" + std::string(65, 'p') + "'\n"),
                ElementsAre(HasSubstr("longer than 64")));
}

TEST_F(RedisConfig, APasswordInTheUrlIsRefusedAndNotRepeated) {
    for (const auto* url : {"redis://:hunter2@cache", "redis://user:hunter2@cache", "rediss://u:hunter2@cache:1/2"}) {
        EXPECT_EQ(check(std::string("[redis]\nurl = '") + url + "'\n"), exit_usage);
        EXPECT_THAT(err_.str(), HasSubstr("redis.password_file"));
        EXPECT_THAT(err_.str(), Not(HasSubstr("hunter2")));
    }
    io_.variables = {{"LATCHKEY_REDIS_URL", "redis://:hunter2@cache"}};
    EXPECT_EQ(check(""), exit_usage);
    EXPECT_THAT(err_.str(), Not(HasSubstr("hunter2")));
}

TEST_F(RedisConfig, KeysThatNeedEachOther) {
    EXPECT_THAT(faults_of("[session]\nstore = 'redis'\n"),
                ElementsAre(HasSubstr("2: session.store: with sessions in")));
    EXPECT_THAT(faults_of(in_redis), IsEmpty());
    EXPECT_THAT(faults_of("[redis]\nurl = 'redis://latchkey@cache'\n"), ElementsAre(HasSubstr("2: redis.url: ")));
    EXPECT_THAT(faults_of("[redis]\nurl = 'unix:/run/redis.sock'\nsentinels = ['a:1']\n"),
                ElementsAre(HasSubstr("3: redis.sentinels: ")));
    EXPECT_THAT(faults_of("[redis]\nurl = 'redis://cache'\nca_file = '/ca.pem'\n"),
                ElementsAre(HasSubstr("3: redis.ca_file: ")));
}

TEST_F(RedisConfig, Warnings) {
    EXPECT_THAT(warnings_of(in_redis), ElementsAre(HasSubstr("session.store: sessions are in Redis, but users in a")));
    EXPECT_THAT(warnings_of("[redis]\nurl = 'redis://127.0.0.1'\n"), ElementsAre(HasSubstr("redis.url: is not used")));
    const std::string far = "[session]\nstore = 'redis'\n[redis]\nurl = 'redis://10.0.0.7'\n";
    EXPECT_THAT(warnings_of(far), ElementsAre(HasSubstr("unencrypted"), HasSubstr("users in a file")));
    EXPECT_THAT(warnings_of(far + "sentinels = ['127.0.0.1:1']\n"), ElementsAre(HasSubstr("users in a file")));
    EXPECT_THAT(warnings_of(in_redis + "sentinels = ['127.0.0.1:1', '10.0.0.7:1']\n"),
                ElementsAre(HasSubstr("unencrypted"), HasSubstr("users in a file")));
    EXPECT_THAT(warnings_of("[session]\nstore = 'redis'\n[redis]\nurl = 'rediss://10.0.0.7'\n"),
                ElementsAre(HasSubstr("users in a file")));
}

// S1
TEST_F(RedisConfig, ThePasswordIsForTheServerAlone) {
    const auto key = [](const std::string& path) { return in_redis + "password_file = '" + path + "'\n"; };
    EXPECT_EQ(check(key(file("p", "open sesame\n", 0600))), exit_done) << err_.str();
    EXPECT_EQ(check(key(file("p", "open sesame\n", 0640))), exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr(":5: redis.password_file: "));
    EXPECT_THAT(err_.str(), HasSubstr("chmod 600"));
    EXPECT_THAT(err_.str(), Not(HasSubstr("sesame")));
    for (const auto& [content, said] : {std::pair<std::string, std::string>{"\n", "is empty"},
                                        {"one\ntwo\n", "more than one line"},
                                        {"one\r\n", "more than one line"},
                                        {"changeme\n", "an example"}}) {
        EXPECT_EQ(check(key(file("p", content, 0600))), exit_usage);
        EXPECT_THAT(err_.str(), HasSubstr(said));
    }
    EXPECT_EQ(check(key("/nowhere/p")), exit_usage);
    EXPECT_EQ(check("[redis]\npassword_file = '/nowhere/p'\n"), exit_done) << "it is not used";
}

TEST_F(RedisConfig, TheCertificatesCanBeRead) {
    const std::string tls = "[session]\nstore = 'redis'\n[redis]\nurl = 'rediss://127.0.0.1'\nca_file = '";
    EXPECT_EQ(check(tls + "/nowhere/ca.pem'\n"), exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr(":5: redis.ca_file: \"/nowhere/ca.pem\" holds no certificates"));
    EXPECT_EQ(check(tls + file("ca.pem", "no certificate\n", 0644) + "'\n"), exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr("redis.ca_file"));
}

TEST_F(RedisConfig, BecomesTheOptionsOfAClient) {
    redis_options options;
    options.url = "rediss://latchkey@cache:7000/3";
    options.password_file = file("p", "sesame\n", 0600);
    options.ca_file = "/ca.pem";
    options.timeout = milliseconds{250};
    options.sentinels = {"10.0.0.1:26379", "[fd00::2]:26380"};
    options.sentinel_master = "sessions";
    const auto made = make_redis_client_options(options, "latchkey-news");
    EXPECT_EQ(made.url.str(), options.url);
    EXPECT_EQ(made.password->reveal(), "sesame");
    EXPECT_EQ(made.ca_file, options.ca_file);
    EXPECT_EQ(made.name, "latchkey-news");
    EXPECT_EQ(made.timeout, options.timeout);
    ASSERT_EQ(made.sentinels.size(), 2U);
    EXPECT_EQ(made.sentinels[0].str(), "rediss://10.0.0.1:26379");
    EXPECT_EQ(made.sentinels[1].str(), "rediss://[fd00::2]:26380");
    EXPECT_EQ(made.sentinel_master, "sessions");
    chmod(options.password_file.c_str(), 0644);
    EXPECT_THROW(make_redis_client_options(options, "x"), configuration_error);
}

}  // namespace
}  // namespace latchkey
