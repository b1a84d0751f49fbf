// Two servers that share sessions in a Redis, and one database.
#pragma once

#include "account.hpp"
#include "latchkey_server.hpp"
#include "redis_process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>

namespace latchkey::test {

class shared_servers : public testing::Test {
protected:
    void SetUp() override {
        if (redis_program().empty())
            GTEST_SKIP() << "no redis-server here";
        redis = std::make_unique<redis_process>(redis_settings());
        a = std::make_unique<latchkey_server>(setup());
        server_setup second = setup();
        second.users.clear();
        second.start = false;
        second.config["database.url"] = "\"sqlite:" + (a->directory() / "latchkey.db") + '"';
        second.config["server.admin_listen"] = "\"off\"";
        b = std::make_unique<latchkey_server>(second);
        b->start();
    }

    virtual redis_lines redis_settings() const { return durable_redis(); }
    virtual server_setup setup() const {
        server_setup out;
        out.config["session.store"] = "\"redis\"";
        out.config["redis.url"] = '"' + redis->url() + '"';
        return out;
    }

    // What a proxy is told of that cookie, which the server's table may answer alone.
    static int check(const latchkey_server& server, const std::string& cookie) {
        return server
            .ask(get("/api/authz/auth-request", with_cookie(cookie, {{"X-Original-URL", "https://app.example.com/"}})))
            .status;
    }
    // Until a check there is answered with this status; others may come before it only if they are among `meanwhile`.
    static testing::AssertionResult comes_to(int status, const latchkey_server& server, const std::string& cookie,
                                             const std::vector<int>& meanwhile) {
        for (const deadline until; !until.passed(); ::poll(nullptr, 0, 2)) {
            const int now = check(server, cookie);
            if (now == status)
                return testing::AssertionSuccess();
            if (std::find(meanwhile.begin(), meanwhile.end(), now) == meanwhile.end())
                return testing::AssertionFailure() << now << " on the way to " << status;
        }
        return testing::AssertionFailure() << "never " << status << '\n' << server.output();
    }
    static int ready(const latchkey_server& server) { return server.ask(get("/health/ready")).status; }
    static testing::AssertionResult becomes_ready(const latchkey_server& server, int status = 200) {
        for (const deadline until; !until.passed(); ::poll(nullptr, 0, 2))
            if (ready(server) == status)
                return testing::AssertionSuccess();
        return testing::AssertionFailure() << "never " << status << '\n' << server.output();
    }

    std::unique_ptr<redis_process> redis;
    std::unique_ptr<latchkey_server> a, b;
};

}  // namespace latchkey::test
