// `latchkey user …` and `latchkey session …`, with the server up and with it down: what the command says is in force
// when it returns, or holds for the server that starts next (V3).
#include "admin_calls.hpp"

#include <gmock/gmock.h>

namespace latchkey::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* new_password = "another-Sort-of-word";

enum class server_is { up, down };

class admin_cli : public testing::TestWithParam<server_is> {
protected:
    // Logs in first; the command then runs as the parameter says, and the server is up again afterwards.
    run_result run(const std::vector<std::string>& words, const std::string& input = {}) {
        if (GetParam() == server_is::down) {
            EXPECT_EQ(server_.stop(), 0);
        }
        auto done = server_.command(words, input);
        if (GetParam() == server_is::down)
            server_.start();
        return done;
    }
    run_result expect_done(const std::vector<std::string>& words, const std::string& input = {}) {
        auto done = run(words, input);
        EXPECT_EQ(done.status, 0) << done.errors;
        return done;
    }

    http_response check(const std::string& cookie) const {
        return server_.ask(
            get("/api/authz/auth-request", with_cookie(cookie, {{"X-Original-URL", "https://app.example.com/"}})));
    }
    std::string id_of(const std::string& cookie) const {
        return json_of(server_.ask(get("/sessions/whoami", with_cookie(cookie)))).value("id", "");
    }

    latchkey_server server_;
    const std::vector<std::string> hers_{server_.login(alice()), server_.login(alice())};
    const std::string his_ = server_.login(bob());

    void expect_hers(int status) const {
        for (const auto& cookie : hers_)
            EXPECT_EQ(check(cookie).status, status);
        EXPECT_EQ(check(his_).status, 200) << "another user's session";
    }
};

INSTANTIATE_TEST_SUITE_P(server, admin_cli, testing::Values(server_is::up, server_is::down),
                         [](const auto& server) { return std::string(server.param == server_is::up ? "up" : "down"); });

// The command and the server are of one mind.
TEST_P(admin_cli, access_explain_says_what_the_server_does) {
    for (const auto& [path, status] : {std::pair{"/", 200}, {"/a%2Fb", 200}, {"/a/../b", 403}, {"/%zz", 403}}) {
        const std::string url = std::string("https://app.example.com") + path;
        const auto explained = run({"access", "explain", "--user", alice().email, "--url", url, "--json"});
        EXPECT_EQ(explained.status, status == 200 ? 0 : 1) << explained.errors;
        EXPECT_EQ(json::parse(explained.output)["outcome"], status == 200 ? "allow" : "forbid");
        const auto cookie = server_.login(alice());
        EXPECT_EQ(server_.ask(get("/api/authz/auth-request", with_cookie(cookie, {{"X-Original-URL", url}}))).status,
                  status);
    }
    EXPECT_EQ(run({"access", "explain", "--user", "nobody@example.com", "--url", "https://a/"}).status, 1);
}

TEST_P(admin_cli, disable_and_enable) {
    EXPECT_EQ(expect_done({"user", "disable", alice().email}).output, "Disabled " + alice().email + ".\n");
    expect_hers(401);
    expect_problem(server_.ask(login_request(alice())), 401, "invalid_credentials");
    expect_done({"user", "enable", alice().email});
    expect_hers(401);
    EXPECT_EQ(server_.ask(login_request(alice())).status, 200);
}

TEST_P(admin_cli, delete_a_user) {
    expect_done({"user", "delete", alice().email, "--yes"});
    expect_hers(401);
    expect_problem(server_.ask(login_request(alice())), 401, "invalid_credentials");
    EXPECT_EQ(run({"user", "show", alice().email}).status, 1);
}

TEST_P(admin_cli, a_new_password) {
    expect_done({"user", "passwd", alice().email, "--password-stdin"}, std::string(new_password) + '\n');
    expect_hers(401);
    expect_problem(server_.ask(login_request(alice())), 401, "invalid_credentials");
    EXPECT_EQ(server_.ask(login_request({alice().email, new_password, "", ""})).status, 200);
}

TEST_P(admin_cli, groups_name_and_address_show_on_the_next_check) {
    expect_done({"user", "groups", alice().email, "--set", "ops,night"});
    expect_done({"user", "edit", alice().email, "--name", "Ada King"});
    const auto edited = expect_done({"user", "edit", alice().email, "--email", "Countess@example.com", "--json"});
    EXPECT_EQ(json::parse(edited.output)["email"], "countess@example.com");
    for (const auto& cookie : hers_) {
        const auto answer = check(cookie);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer["Remote-Groups"], "night,ops");
        EXPECT_EQ(answer["Remote-Name"], "Ada King");
        EXPECT_EQ(answer["Remote-Email"], "countess@example.com");
    }
    expect_problem(server_.ask(login_request(alice())), 401, "invalid_credentials");
    EXPECT_EQ(server_.ask(login_request({"countess@example.com", alice().password, "", ""})).status, 200);
}

TEST_P(admin_cli, a_taken_address_changes_nothing) {
    const auto refused = run({"user", "edit", alice().email, "--email", bob().email, "--json"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.errors, HasSubstr("\"already_exists\""));
    EXPECT_THAT(refused.errors, HasSubstr(bob().email));
    EXPECT_EQ(check(hers_[0])["Remote-Email"], alice().email);
}

TEST_P(admin_cli, add_and_log_in) {
    const auto added = expect_done({"user", "add", "--email", "eve@example.com", "--generate", "--json"});
    const auto password = json::parse(added.output)["password"].get<std::string>();
    EXPECT_EQ(server_.ask(login_request({"eve@example.com", password, "", ""})).status, 200);
    EXPECT_EQ(run({"user", "add", "--email", "eve@example.com", "--generate"}).status, 1);
}

TEST_P(admin_cli, list_sessions) {
    const auto of_her = json::parse(expect_done({"session", "list", "--user", alice().email, "--json"}).output);
    ASSERT_EQ(of_her["sessions"].size(), 2U);
    for (const auto& session : of_her["sessions"]) {
        EXPECT_EQ(session["user"]["email"], alice().email);
        EXPECT_EQ(session["device"]["ip"], "127.0.0.1");
    }
    const auto all = expect_done({"session", "list"}).output;
    for (const auto& cookie : {hers_[0], hers_[1], his_}) {
        EXPECT_THAT(all, HasSubstr(id_of(cookie)));
        EXPECT_EQ(all.find(cookie), std::string::npos) << "the cookie itself";
    }
}

TEST_P(admin_cli, revoke_one_session) {
    const auto id = id_of(hers_[0]);
    EXPECT_EQ(expect_done({"session", "revoke", id}).output, "Ended session " + id + ".\n");
    EXPECT_EQ(check(hers_[0]).status, 401);
    EXPECT_EQ(check(hers_[1]).status, 200);
    EXPECT_EQ(run({"session", "revoke", id}).status, 1) << "it is no more";
}

TEST_P(admin_cli, revoke_all_of_a_user) {
    EXPECT_EQ(json::parse(expect_done({"session", "revoke", "--user", alice().email, "--json"}).output),
              json::parse(R"({"revoked":2})"));
    expect_hers(401);
    EXPECT_EQ(server_.ask(login_request(alice())).status, 200);
}

// Nobody changes a database under a server that could not be told: it would go on with what it knows.
TEST(admin_cli_refused, while_a_server_runs_that_cannot_be_asked) {
    server_setup setup;
    setup.config["server.admin_listen"] = "\"off\"";
    latchkey_server server(setup);
    const auto cookie = server.login(alice());
    for (const std::vector<std::string>& words : {std::vector<std::string>{"user", "disable", alice().email},
                                                  {"user", "groups", alice().email, "--set", "x"},
                                                  {"user", "add", "--email", "eve@example.com", "--generate"},
                                                  {"session", "revoke", "--user", alice().email}}) {
        const auto refused = server.command(words);
        EXPECT_EQ(refused.status, 3) << words[1];
        EXPECT_THAT(refused.errors, HasSubstr("server.admin_listen is \"off\"")) << words[1];
    }
    EXPECT_EQ(server.ask(get("/sessions/whoami", with_cookie(cookie))).status, 200);
    const auto list = server.command({"user", "list", "--json"});
    EXPECT_EQ(list.status, 0) << "reading is always allowed";
    EXPECT_EQ(json::parse(list.output)["users"].size(), 3U);
}

// A killed server leaves its socket and its lock file behind; the commands then work on the database.
TEST(admin_cli_refused, not_by_what_a_killed_server_left) {
    latchkey_server server;
    const auto cookie = server.login(alice());
    server.kill();
    EXPECT_EQ(server.command({"user", "disable", alice().email}).status, 0);
    server.start();
    EXPECT_EQ(server.ask(get("/sessions/whoami", with_cookie(cookie))).status, 401);
}

}  // namespace
}  // namespace latchkey::test
