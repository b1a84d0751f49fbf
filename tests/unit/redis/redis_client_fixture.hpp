// Clients of a real Redis.
#pragma once

#include "await.hpp"
#include "free_port.hpp"
#include "recording_logger.hpp"
#include "redis_client.hpp"
#include "redis_process.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace latchkey::testing {

class redis_client_fixture : public ::testing::Test {
protected:
    void SetUp() override {
        if (test::redis_program().empty())
            GTEST_SKIP() << "no redis-server here";
    }

    redis_client_options options_for(const std::string& url, const std::string& password = {}) {
        redis_client_options options;
        options.url = parse_redis_url(url).url;
        if (!password.empty())
            options.password = std::make_shared<const secret>(password);
        options.name = "latchkey-test";
        options.timeout = milliseconds{2'000};
        return options;
    }
    result<redis_reply> ask(redis_client& client, std::vector<std::string_view> words) {
        return run_.await(client.ask(redis_command(words)));
    }
    std::string text(redis_client& client, std::vector<std::string_view> words) {
        const auto reply = ask(client, std::move(words));
        return reply ? reply->text : "nothing";
    }
    // Until it answers, which it does by itself.
    void await_up(redis_client& client) {
        const test::deadline until;
        while (!ask(client, {"PING"}))
            ASSERT_FALSE(until.passed()) << log_.text();
    }
    void await_said(const std::string& line) {
        const test::deadline until;
        while (log_.text().find(line) == std::string::npos)
            ASSERT_FALSE(until.passed()) << log_.text();
    }

    recording_logger log_;
    runner run_;
};

}  // namespace latchkey::testing
