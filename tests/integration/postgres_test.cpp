// PostgreSQL behind everything that SQLite is behind otherwise.
#include "admin_calls.hpp"
#include "postgres_servers.hpp"

#include <gmock/gmock.h>

namespace latchkey::test {
namespace {

using testing::HasSubstr;

TEST_F(on_postgres, the_whole_way) {
    const auto cookie = server->login(alice());
    EXPECT_EQ(check(*server, cookie), 200);
    EXPECT_EQ(session_of(*server, cookie)["user"]["email"], alice().email);
    EXPECT_EQ(login_status(*server, alice().email, "wrong"), 401);
    EXPECT_EQ(login_status(*server, mallory().email, mallory().password), 401);
    const auto changed = server->ask(password_change(cookie, alice().password, "a long new pass phrase 7"));
    ASSERT_EQ(changed.status, 204) << changed.body;
    EXPECT_EQ(check(*server, cookie), 401);
    const auto fresh = cookie_of(changed);
    EXPECT_EQ(server->ask(post_json("/logout", "", with_cookie(fresh))).status, 204);
    EXPECT_EQ(check(*server, fresh), 401);
}

// Whatever a browser calls itself.
TEST_F(on_postgres, takes_any_user_agent) {
    for (const std::string agent : {"", "\xff\xfe", "caf\xc3\xa9", "'; DROP TABLE sessions; --", "\\x00\\"}) {
        const auto answer = server->ask(login_request(alice(), {{"User-Agent", agent}}));
        EXPECT_EQ(answer.status, 200) << agent;
    }
}

// D1
TEST_F(on_postgres, sessions_survive) {
    const auto kept = server->login(alice()), ended = server->login(bob());
    EXPECT_EQ(server->ask(post_json("/logout", "", with_cookie(ended))).status, 204);
    server->kill();
    server->start();
    EXPECT_EQ(check(*server, kept), 200);
    EXPECT_EQ(check(*server, ended), 401);
    EXPECT_EQ(server->stop(), 0);
    server->start();
    EXPECT_EQ(check(*server, kept), 200);
}

TEST_F(on_postgres, commands_act_with_and_without_a_server) {
    const auto cookie = server->login(bob());
    EXPECT_EQ(server->command({"user", "disable", bob().email}).status, 0);
    EXPECT_EQ(check(*server, cookie), 401);
    EXPECT_EQ(server->stop(), 0);
    EXPECT_EQ(server->command({"user", "enable", bob().email}).status, 0);
    const auto shown = server->command({"user", "list", "--json"});
    EXPECT_THAT(shown.output, HasSubstr(bob().email));
    EXPECT_EQ(server->command({"session", "list"}).status, 0);
    EXPECT_EQ(server->command({"throttle", "list"}).status, 0);
    server->start();
    EXPECT_EQ(whoami(*server, server->login(bob())), 200);
}

// One that keeps sessions to itself works alone, and says so to whoever comes.
TEST_F(on_postgres, one_server_at_a_time) {
    const latchkey_server second(another());
    const auto refused = second.command({"serve"});
    EXPECT_EQ(refused.status, 3);
    EXPECT_THAT(refused.errors, HasSubstr("another latchkey"));
    EXPECT_THAT(refused.errors, testing::Not(HasSubstr("postgresql://")));
    // A command that cannot ask the server changes nothing behind its back.
    EXPECT_EQ(second.command({"user", "disable", bob().email}).status, 3);
    EXPECT_EQ(login_status(*server, bob().email, bob().password), 200);
}

TEST_F(on_postgres, says_what_is_wrong) {
    const auto said = [&](const std::string& url, const std::string& more = {}) {
        auto setup = another();
        setup.config["database.url"] = '"' + url + '"';
        if (!more.empty())
            setup.config["database.password_file"] = '"' + more + '"';
        const latchkey_server wrong(setup);
        const auto ended = wrong.command({"serve"});
        EXPECT_NE(ended.status, 0);
        return std::to_string(ended.status) + ' ' + ended.errors;
    };
    EXPECT_THAT(said(postgres->url("nothing_there")), HasSubstr("3 "));
    EXPECT_THAT(said("postgresql://latchkey@127.0.0.1:1/latchkey"), HasSubstr("refused"));
    EXPECT_THAT(
        said("postgresql://latchkey:hunter2@127.0.0.1/latchkey"),
        testing::AllOf(HasSubstr("2 "), HasSubstr("database.password_file"), testing::Not(HasSubstr("hunter2"))));
    EXPECT_THAT(said(postgres->url(), sockets_ / "missing"), HasSubstr("2 "));
    postgres->tell("CREATE DATABASE theirs TEMPLATE template0");
    postgres->tell("CREATE TABLE theirs (x int)", "theirs");
    EXPECT_THAT(said(postgres->url("theirs")), HasSubstr("another program"));
    postgres->tell("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    EXPECT_THAT(said(postgres->url("latin")), HasSubstr("UTF8"));
}

}  // namespace
}  // namespace latchkey::test
