// Sessions that two servers share: what one does is in force on the other, whatever that has cached (V1, V3, V4).
#include "admin_calls.hpp"
#include "shared_servers.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace latchkey::test {
namespace {

using shared_sessions = shared_servers;

TEST_F(shared_sessions, signed_in_here_and_known_there) {
    const auto cookie = a->login(alice());
    const auto here = session_of(*a, cookie), there = session_of(*b, cookie);
    EXPECT_EQ(here["id"], there["id"]);
    EXPECT_EQ(there["user"]["email"], alice().email);
    EXPECT_EQ(there["user"]["groups"], here["user"]["groups"]);
    EXPECT_EQ(whoami(*b, "A" + cookie.substr(1)), cookie[0] == 'A' ? 200 : 401);
}

// V1: also when the other has it in its table, and both ways.
TEST_F(shared_sessions, signed_out_here_and_nobody_there) {
    for (const auto& [one, other] : {std::pair(a.get(), b.get()), std::pair(b.get(), a.get())}) {
        const auto cookie = one->login(alice()), bystander = one->login(alice());
        ASSERT_EQ(check(*other, cookie), 200);
        ASSERT_EQ(check(*other, cookie), 200);
        ASSERT_EQ(one->ask(post_json("/logout", "", with_cookie(cookie))).status, 204);
        EXPECT_EQ(whoami(*one, cookie), 401);
        EXPECT_TRUE(comes_to(401, *other, cookie, {200}));
        EXPECT_EQ(whoami(*other, bystander), 200);
    }
}

// V1: it stays so, however many ask for it all the time.
TEST_F(shared_sessions, a_hammered_server_hears_of_it_too) {
    const auto cookie = a->login(alice());
    const auto request =
        get("/api/authz/auth-request", with_cookie(cookie, {{"X-Original-URL", "https://app.example.com/"}}));
    std::atomic<bool> over{false}, seen{false};
    std::atomic<int> revived{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i)
        clients.emplace_back([&] {
            auto client = b->connect();
            while (!over) {
                const bool ended = seen;
                const int status = client.ask(request).status;
                if (status == 401)
                    seen = true;
                else if (status != 200 || ended)
                    ++revived;
            }
        });
    EXPECT_EQ(a->ask(post_json("/logout", "", with_cookie(cookie))).status, 204);
    for (const deadline until; !seen && !until.passed();)
        ::poll(nullptr, 0, 2);
    ::poll(nullptr, 0, 100);  // for what might come back late
    over = true;
    for (std::thread& client : clients)
        client.join();
    EXPECT_TRUE(seen);
    EXPECT_EQ(revived, 0);
}

// V3
TEST_F(shared_sessions, disabled_here_and_nobody_there) {
    const auto cookie = b->login(alice()), other = b->login(bob());
    ASSERT_EQ(check(*a, cookie), 200);
    ASSERT_EQ(ask_admin(*a, "PATCH", path_of(*a, alice()), R"({"disabled":true})").status, 200);
    EXPECT_EQ(whoami(*a, cookie), 401);
    EXPECT_TRUE(comes_to(401, *b, cookie, {200}));
    EXPECT_EQ(whoami(*b, other), 200);
    EXPECT_EQ(login_status(*b, alice().email, alice().password), 401);
}

// One that would keep sessions to itself has no place beside them.
TEST_F(shared_sessions, keep_others_off_the_database) {
    server_setup alone;
    alone.users.clear();
    alone.start = false;
    alone.config["database.url"] = "\"sqlite:" + (a->directory() / "latchkey.db") + '"';
    alone.config["server.admin_listen"] = "\"off\"";
    const latchkey_server third(alone);
    const auto ended = third.command({"serve"});
    EXPECT_EQ(ended.status, 3);
    EXPECT_NE(ended.errors.find("another latchkey"), std::string::npos) << ended.errors;
}

// R2, V3
TEST_F(shared_sessions, a_new_password_here_ends_the_others_there) {
    const auto mine = a->login(alice()), other = b->login(alice());
    ASSERT_EQ(check(*b, mine), 200);
    const auto changed = a->ask(password_change(mine, alice().password, "a long new pass phrase 7"));
    ASSERT_EQ(changed.status, 204) << changed.body;
    EXPECT_TRUE(comes_to(401, *b, mine, {200}));
    EXPECT_TRUE(comes_to(401, *b, other, {200}));
    EXPECT_EQ(whoami(*b, cookie_of(changed)), 200);
}

TEST_F(shared_sessions, a_new_name_shows_there) {
    const auto cookie = b->login(alice());
    ASSERT_EQ(ask_admin(*a, "PATCH", path_of(*a, alice()), R"({"name":"Alice Newman"})").status, 200);
    for (const deadline until; session_of(*b, cookie)["user"]["name"] != "Alice Newman";)
        ASSERT_FALSE(until.passed());
}

// Listed and ended from anywhere.
TEST_F(shared_sessions, seen_and_ended_from_the_other) {
    const auto mine = a->login(alice()), other = b->login(alice());
    const auto list = nlohmann::json::parse(a->ask(list_request(mine)).body)["sessions"];
    EXPECT_EQ(list.size(), 2U);
    EXPECT_EQ(a->ask(end_request(mine, id_of(*b, other))).status, 204);
    EXPECT_TRUE(comes_to(401, *b, other, {200}));
    EXPECT_EQ(whoami(*b, mine), 200);
}

// V3: by a command, while no server runs where it is given.
TEST_F(shared_sessions, ended_by_a_command_where_no_server_runs) {
    const auto cookie = b->login(alice()), other = b->login(bob());
    const auto list = a->command({"session", "list", "--json"});
    EXPECT_EQ(list.status, 0) << list.errors;
    ASSERT_EQ(a->stop(), 0);
    const auto offline = a->command({"session", "list", "--json"});
    EXPECT_EQ(offline.status, 0) << offline.errors;
    EXPECT_EQ(nlohmann::json::parse(offline.output).size(), nlohmann::json::parse(list.output).size());
    const auto renamed = a->command({"user", "edit", bob().email, "--name", "Robert"});
    EXPECT_EQ(renamed.status, 0) << renamed.errors;
    const auto disabled = a->command({"user", "disable", alice().email});
    EXPECT_EQ(disabled.status, 0) << disabled.errors;
    EXPECT_TRUE(comes_to(401, *b, cookie, {200}));
    for (const deadline until; session_of(*b, other)["user"]["name"] != "Robert";)
        ASSERT_FALSE(until.passed());
    redis->kill();
    EXPECT_EQ(a->command({"user", "disable", bob().email}).status, 3);
    redis->start();
}

// D1: a server that is killed takes no session with it.
TEST_F(shared_sessions, survive_a_server) {
    const auto kept = a->login(alice()), ended = a->login(bob());
    ASSERT_EQ(check(*b, ended), 200);
    ASSERT_EQ(a->ask(post_json("/logout", "", with_cookie(ended))).status, 204);
    a->kill();
    EXPECT_EQ(whoami(*b, kept), 200);
    EXPECT_TRUE(comes_to(401, *b, ended, {200}));
    a->start();
    EXPECT_EQ(whoami(*a, kept), 200);
    EXPECT_EQ(whoami(*a, ended), 401);
}

// C4: what lies in Redis opens nothing.
TEST_F(shared_sessions, redis_holds_no_cookie) {
    const auto cookie = a->login(alice());
    ASSERT_EQ(check(*b, cookie), 200);
    redis->stop();
    bool something = false;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(redis->directory().path())) {
        if (!entry.is_regular_file())
            continue;
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        something = something || bytes.find(alice().email) != std::string::npos;
        EXPECT_EQ(bytes.find(cookie), std::string::npos) << entry.path();
        EXPECT_EQ(bytes.find(alice().password), std::string::npos) << entry.path();
    }
    EXPECT_TRUE(something) << "nothing was written at all";
    redis->start();
}

}  // namespace
}  // namespace latchkey::test
