// D4: Redis that is frozen, killed, full, empty, a replica or closed to us. Nobody is let in who can't be known, nobody
// is told that they are nobody, and all is well again by itself.
#include "shared_servers.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

namespace latchkey::test {
namespace {

class redis_fault : public shared_servers {
protected:
    server_setup setup() const override {
        server_setup out = shared_servers::setup();
        out.config["redis.timeout"] = "\"300ms\"";
        out.config["redis.max_staleness"] = "\"200ms\"";
        return out;
    }

    // Everything that must ask is refused with one answer, and no cookie is touched.
    void expect_unavailable(const latchkey_server& server, const std::string& cookie) {
        EXPECT_TRUE(becomes_ready(server, 503));
        // What is cached is served while the last word is young.
        for (const deadline until; check(server, cookie) == 200 && !until.passed();)
            ::poll(nullptr, 0, 2);
        for (const auto& request :
             {get("/api/authz/auth-request", with_cookie(cookie, {{"X-Original-URL", "https://app.example.com/"}})),
              get("/sessions/whoami", with_cookie(cookie)), list_request(cookie), login_request(bob()),
              post_json("/logout", "", with_cookie(cookie))}) {
            const auto answer = server.ask(request);
            EXPECT_EQ(answer.status, 503) << request.target;
            EXPECT_EQ(answer["Set-Cookie"], "") << request.target;
            EXPECT_NE(answer["Retry-After"], "") << request.target;
        }
        EXPECT_EQ(ready(server), 503);
    }
    void expect_well(const latchkey_server& server, const std::string& cookie) {
        EXPECT_TRUE(becomes_ready(server));
        EXPECT_TRUE(comes_to(200, server, cookie, {503}));
        EXPECT_EQ(whoami(server, server.login(bob())), 200);
    }
};

TEST_F(redis_fault, frozen) {
    const auto cookie = a->login(alice());
    redis->freeze();
    EXPECT_TRUE(comes_to(503, *a, cookie, {200}));  // 200 while the last word is young
    expect_unavailable(*a, cookie);
    redis->thaw();
    expect_well(*a, cookie);
}

TEST_F(redis_fault, killed_and_started_again) {
    const auto cookie = a->login(alice()), ended = a->login(bob());
    ASSERT_EQ(check(*b, ended), 200);
    ASSERT_EQ(a->ask(post_json("/logout", "", with_cookie(ended))).status, 204);
    redis->kill();
    EXPECT_TRUE(comes_to(503, *b, cookie, {200}));
    expect_unavailable(*b, cookie);
    redis->start();
    for (const auto* server : {a.get(), b.get()}) {
        expect_well(*server, cookie);
        EXPECT_EQ(whoami(*server, ended), 401);  // V4
    }
}

TEST_F(redis_fault, started_again_empty) {
    const auto cookie = a->login(alice());
    ASSERT_EQ(check(*b, cookie), 200);
    redis->kill();
    std::filesystem::remove_all(redis->directory() / "appendonlydir");
    redis->start();
    // It is known now that the session is not there any more.
    EXPECT_TRUE(comes_to(401, *b, cookie, {200, 503}));
    EXPECT_TRUE(comes_to(401, *a, cookie, {200, 503}));
    EXPECT_TRUE(becomes_ready(*a));
    EXPECT_EQ(whoami(*b, a->login(alice())), 200);
}

TEST_F(redis_fault, emptied_while_it_runs) {
    const auto cookie = a->login(alice());
    ASSERT_EQ(check(*b, cookie), 200);
    redis->tell({"FLUSHALL"});
    EXPECT_TRUE(comes_to(401, *b, cookie, {200, 503}));
    EXPECT_TRUE(becomes_ready(*a));
    EXPECT_EQ(whoami(*b, a->login(alice())), 200);
}

// A full Redis takes no login and still takes a logout.
TEST_F(redis_fault, full) {
    const auto cookie = a->login(alice()), other = a->login(alice());
    redis->tell({"CONFIG", "SET", "maxmemory", "1"});
    EXPECT_EQ(a->ask(login_request(bob())).status, 503);
    EXPECT_EQ(whoami(*a, cookie), 200);
    EXPECT_EQ(whoami(*b, other), 200);
    EXPECT_EQ(a->ask(post_json("/logout", "", with_cookie(cookie))).status, 204);
    EXPECT_TRUE(comes_to(401, *b, cookie, {200}));
    redis->tell({"CONFIG", "SET", "maxmemory", "0"});
    EXPECT_EQ(a->ask(login_request(bob())).status, 200);
}

TEST_F(redis_fault, turned_into_a_replica) {
    const redis_process master;
    const auto cookie = a->login(alice());
    redis->tell({"REPLICAOF", "127.0.0.1", std::to_string(master.port())});
    EXPECT_TRUE(comes_to(503, *a, cookie, {200, 401}));
    EXPECT_EQ(a->ask(login_request(bob())).status, 503);
    redis->tell({"REPLICAOF", "NO", "ONE"});
    EXPECT_TRUE(becomes_ready(*a));
    EXPECT_EQ(whoami(*a, a->login(bob())), 200);
}

class redis_fault_served : public redis_fault {
protected:
    server_setup setup() const override {
        server_setup out = redis_fault::setup();
        out.config["redis.on_outage"] = "\"serve_cached\"";
        return out;
    }
};

// Who is known here goes on; nobody else gets in, and nothing is changed.
TEST_F(redis_fault_served, who_is_known_goes_on) {
    const auto known = a->login(alice()), leaving = a->login(alice()), stranger = b->login(bob());
    ASSERT_EQ(check(*a, known), 200);
    ASSERT_EQ(check(*a, leaving), 200);
    redis->kill();
    EXPECT_TRUE(becomes_ready(*a, 503));
    EXPECT_EQ(check(*a, known), 200);
    EXPECT_EQ(check(*a, stranger), 503);
    EXPECT_EQ(a->ask(post_json("/logout", "", with_cookie(leaving))).status, 503);
    EXPECT_EQ(check(*a, leaving), 503) << "for all that is known here, that was done";
    EXPECT_EQ(check(*a, known), 200);
    EXPECT_EQ(a->ask(login_request(bob())).status, 503);
    redis->start();
    expect_well(*a, known);
    expect_well(*a, leaving);
    expect_well(*a, stranger);
}

class redis_fault_password : public redis_fault {
protected:
    redis_lines redis_settings() const override { return {"requirepass the-right-one"}; }
    server_setup setup() const override {
        server_setup out = redis_fault::setup();
        out.config["redis.password_file"] = '"' + (password_ / "password") + '"';
        write_file(password_ / "password", "the-right-one\n");
        ::chmod((password_ / "password").c_str(), 0600);
        return out;
    }
    temp_dir password_;
};

TEST_F(redis_fault_password, changed_under_way) {
    const auto cookie = a->login(alice());
    redis->tell({"CONFIG", "SET", "requirepass", "another"}, "the-right-one");
    redis->tell({"CLIENT", "KILL", "TYPE", "normal"}, "another");
    EXPECT_TRUE(comes_to(503, *a, cookie, {200}));
    expect_unavailable(*a, cookie);
    EXPECT_EQ(a->output().find("the-right-one"), std::string::npos);
}

// What docs/operations.md says is enough.
class redis_least_rights : public redis_fault {
protected:
    redis_lines redis_settings() const override {
        std::ifstream chapter(LATCHKEY_SOURCE_DIR "/docs/operations.md");
        for (std::string line; std::getline(chapter, line);)
            if (line.starts_with("user latchkey on >PASSWORD "))
                return {"user default off", line};
        ADD_FAILURE() << "docs/operations.md has no such line";
        return {};
    }
    server_setup setup() const override {
        server_setup out = redis_fault::setup();
        write_file(password_ / "password", "PASSWORD\n");
        ::chmod((password_ / "password").c_str(), 0600);
        out.config["redis.password_file"] = '"' + (password_ / "password") + '"';
        out.config["redis.url"] = "\"redis://latchkey@127.0.0.1:" + std::to_string(redis->port()) + '"';
        return out;
    }
    temp_dir password_;
};

TEST_F(redis_least_rights, are_enough) {
    const auto cookie = a->login(alice()), other = a->login(alice());
    EXPECT_EQ(whoami(*b, cookie), 200);
    const auto changed = a->ask(password_change(cookie, alice().password, "a long new pass phrase 7"));
    EXPECT_EQ(changed.status, 204) << changed.body;
    EXPECT_TRUE(comes_to(401, *b, other, {200}));
    EXPECT_EQ(b->ask(post_json("/logout", "", with_cookie(cookie_of(changed)))).status, 204);
    EXPECT_EQ(a->command({"session", "list"}).status, 0);
    EXPECT_EQ(login_status(*a, bob().email, "wrong"), 401);
    EXPECT_EQ(a->command({"throttle", "list"}).status, 0);
    EXPECT_NE(a->command({"throttle", "clear", "--all"}).output, "Forgot 0 throttles.\n");
    EXPECT_EQ(a->output().find("redis_refused"), std::string::npos) << a->output();
    EXPECT_EQ(a->output().find("NOPERM"), std::string::npos) << a->output();
}

}  // namespace
}  // namespace latchkey::test
