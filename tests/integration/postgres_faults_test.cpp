// D4: PostgreSQL that is frozen, killed, restarted, closed or read-only. What cannot be written is refused, who is
// known goes on, and all is well again by itself.
#include "postgres_servers.hpp"

#include <gmock/gmock.h>

#include <chrono>

namespace latchkey::test {
namespace {

using testing::HasSubstr;

class postgres_fault : public on_postgres {
protected:
    std::vector<std::string> settings() const override { return {"fsync=on", "full_page_writes=on"}; }

    void expect_well(const std::string& cookie) {
        EXPECT_TRUE(becomes_ready(*server));
        EXPECT_EQ(check(*server, cookie), 200);
        // A connection that was lost may be noticed only when it is used.
        int status = 0;
        for (const deadline until; status != 200 && !until.passed(); ::poll(nullptr, 0, 5))
            status = server->ask(login_request(bob())).status;
        EXPECT_EQ(status, 200);
    }
};

TEST_F(postgres_fault, frozen) {
    const auto cookie = server->login(alice());
    postgres->freeze();
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(server->ask(login_request(bob())).status, 503);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20)) << "not for ever";
    EXPECT_EQ(check(*server, cookie), 200) << "the table knows";
    EXPECT_TRUE(becomes_ready(*server, 503));
    postgres->thaw();
    expect_well(cookie);
}

// A logout that got no answer may have been done; it is never undone later, and what is served agrees with what is
// stored.
TEST_F(postgres_fault, frozen_at_a_logout) {
    const auto cookie = server->login(alice()), other = server->login(bob());
    postgres->freeze();
    EXPECT_EQ(server->ask(post_json("/logout", "", with_cookie(cookie))).status, 503);
    postgres->thaw();
    expect_well(other);
    const int now = check(*server, cookie);
    server->kill();
    server->start();
    EXPECT_EQ(check(*server, cookie), now);
    EXPECT_EQ(check(*server, other), 200);
}

TEST_F(postgres_fault, killed_and_started_again) {
    const auto cookie = server->login(alice()), ended = server->login(bob());
    ASSERT_EQ(server->ask(post_json("/logout", "", with_cookie(ended))).status, 204);
    postgres->kill();
    EXPECT_EQ(server->ask(login_request(bob())).status, 503);
    EXPECT_EQ(server->ask(post_json("/logout", "", with_cookie(cookie))).status, 503);
    EXPECT_EQ(check(*server, cookie), 200);
    postgres->start();
    expect_well(cookie);
    server->kill();
    server->start();
    EXPECT_EQ(check(*server, cookie), 200);
    EXPECT_EQ(check(*server, ended), 401);
}

TEST_F(postgres_fault, restarted_in_order) {
    const auto cookie = server->login(alice());
    postgres->stop();
    postgres->start();
    expect_well(cookie);
}

TEST_F(postgres_fault, read_only) {
    const auto cookie = server->login(alice());
    postgres->tell("ALTER SYSTEM SET default_transaction_read_only = on");
    postgres->tell("SELECT pg_reload_conf()");
    // Changes say for themselves that they write; a standby refuses that.
    EXPECT_EQ(check(*server, cookie), 200);
    expect_well(cookie);
}

// Whoever lost its lock and finds another in its place ends: what it has in memory is not true any more.
TEST_F(postgres_fault, taken_over) {
    const auto cookie = server->login(alice());
    latchkey_server second(another());
    postgres->stop();
    postgres->start();
    // Its connections are gone. It takes the lock again unless somebody was quicker: here psql is.
    postgres->tell(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'latchkey%';"
        "UPDATE session_owner SET name = 'another'",
        "latchkey");
    try {
        for (const deadline until; server->process().running() && !until.passed(); ::poll(nullptr, 0, 5))
            (void)server->ask(login_request(bob()));
    } catch (const std::exception&) {  // it has gone
    }
    EXPECT_EQ(server->process().wait(), 3);
    EXPECT_THAT(server->output(), HasSubstr("database_taken_over"));
    second.start();
    EXPECT_EQ(check(second, cookie), 200);
    server->kill();
}

}  // namespace
}  // namespace latchkey::test
