// A server whose users, and sessions unless it is told otherwise, are in a PostgreSQL.
#pragma once

#include "account.hpp"
#include "latchkey_server.hpp"
#include "postgres_process.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include <poll.h>

namespace latchkey::test {

class on_postgres : public testing::Test {
protected:
    void SetUp() override {
        if (postgres_directory().empty())
            GTEST_SKIP() << "no PostgreSQL here";
        postgres = std::make_unique<postgres_process>(settings());
        postgres->make_database("latchkey");
        server = std::make_unique<latchkey_server>(setup());
    }

    virtual std::vector<std::string> settings() const { return {}; }
    virtual server_setup setup() const {
        server_setup out;
        out.config["database.url"] = '"' + postgres->url() + '"';
        out.config["server.admin_listen"] = "\"unix:" + (sockets_ / "admin") + '"';
        return out;
    }
    // Another one on the same database, not started.
    server_setup another() const {
        server_setup out = setup();
        out.users.clear();
        out.start = false;
        out.config["server.admin_listen"] = "\"off\"";
        return out;
    }

    static int check(const latchkey_server& server, const std::string& cookie) {
        return server
            .ask(get("/api/authz/auth-request", with_cookie(cookie, {{"X-Original-URL", "https://app.example.com/"}})))
            .status;
    }
    static testing::AssertionResult becomes_ready(const latchkey_server& server, int status = 200) {
        for (const deadline until; !until.passed(); ::poll(nullptr, 0, 5))
            if (server.ask(get("/health/ready")).status == status)
                return testing::AssertionSuccess();
        return testing::AssertionFailure() << "never " << status << '\n' << server.output();
    }

    temp_dir sockets_;
    std::unique_ptr<postgres_process> postgres;
    std::unique_ptr<latchkey_server> server;
};

}  // namespace latchkey::test
