// The admin listener: who gets in, what is refused, and lists that hold still while users and sessions come and go.
#include "admin_calls.hpp"
#include "free_port.hpp"
#include "process_probe.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <set>

#include <sys/stat.h>

namespace latchkey::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class admin : public testing::Test {
protected:
    http_response ask(std::string method, std::string target, std::string body = {}) const {
        return ask_admin(server_, std::move(method), std::move(target), std::move(body));
    }

    latchkey_server server_;
};

// S4
TEST_F(admin, the_socket_is_its_owners_alone_and_goes_with_the_server) {
    struct stat info {};
    ASSERT_EQ(::lstat(admin_socket(server_).c_str(), &info), 0);
    EXPECT_TRUE(S_ISSOCK(info.st_mode));
    EXPECT_EQ(info.st_mode & 0777, 0600U);
    auto idle = raw_client::unix_socket(admin_socket(server_));
    EXPECT_EQ(idle.ask(get("/health/ready")).status, 200);
    EXPECT_EQ(server_.stop(), 0) << "an idle administrator holds nothing up";
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_NE(::lstat(admin_socket(server_).c_str(), &info), 0);
    server_.start();
    server_.kill();
    server_.start();  // over the socket that was left behind
    EXPECT_EQ(ask("GET", "/health/alive").status, 200);
}

// S4
TEST_F(admin, the_public_listener_knows_nothing_of_it) {
    const auto id = find_user(server_, alice().email).value("id", "");
    const auto cookie = server_.login(alice());
    for (const std::string& target :
         {std::string("/admin"), std::string("/admin/users"), "/admin/users/" + id, "/admin/users/" + id + "/sessions",
          std::string("/admin/sessions"), std::string("/admin/reload"), std::string("/metrics")})
        for (const char* method : {"GET", "POST", "PATCH", "DELETE"}) {
            expect_problem(server_.ask({method, target, with_cookie(cookie), {}}), 404, "not_found");
            expect_problem(server_.ask({method, target, {{"Authorization", "Bearer x"}}, {}}), 404, "not_found");
        }
    for (const char* target : {"/login", "/sessions/whoami", "/api/authz/auth-request", "/account"})
        expect_problem(ask("GET", target), 404, "not_found");
}

TEST_F(admin, a_users_life) {
    const auto added =
        ask("POST", "/admin/users",
            R"({"email":"Carol@Example.com","password":"slow-Marble-42","name":"Carol","groups":["b","a"]})");
    ASSERT_EQ(added.status, 201) << added.body;
    expect_common_headers(added);
    const auto carol = json_of(added);
    const std::string path = "/admin/users/" + carol.value("id", "");
    EXPECT_EQ(added["Location"], path);
    EXPECT_EQ(carol["email"], "carol@example.com");
    EXPECT_EQ(carol["groups"], (json{"a", "b"}));
    EXPECT_EQ(carol["disabled"], false);
    EXPECT_THAT(carol.value("created_at", ""), testing::MatchesRegex("20..-..-..T..:..:..Z"));
    EXPECT_EQ(carol.size(), 6U) << "nothing else is told, least of all of the password";
    EXPECT_EQ(json_of(ask("GET", path)), carol);
    EXPECT_EQ(find_user(server_, "CAROL@example.com"), carol);

    const test_user as_first{"carol@example.com", "slow-Marble-42", "", ""};
    EXPECT_EQ(server_.ask(login_request(as_first)).status, 200);
    const auto changed =
        ask("PATCH", path, R"({"email":"cat@example.com","name":"","groups":[],"password":"quick-Pebble-43"})");
    ASSERT_EQ(changed.status, 200) << changed.body;
    auto expected = carol;
    expected["email"] = "cat@example.com";
    expected["name"] = "";
    expected["groups"] = json::array();
    EXPECT_EQ(json_of(changed), expected);
    expect_problem(server_.ask(login_request(as_first)), 401, "invalid_credentials");
    EXPECT_EQ(server_.ask(login_request({"cat@example.com", "quick-Pebble-43", "", ""})).status, 200);
    EXPECT_EQ(json_of(ask("PATCH", path, "{}")), expected) << "nothing to change is no fault";

    const auto removed = ask("DELETE", path);
    EXPECT_EQ(removed.status, 204);
    EXPECT_EQ(removed.body, "");
    expect_problem(ask("GET", path), 404, "not_found");
    expect_problem(ask("DELETE", path), 404, "not_found");
    expect_problem(ask("PATCH", path, R"({"name":"x"})"), 404, "not_found");
    expect_problem(ask("GET", path + "/sessions"), 404, "not_found");
    expect_problem(ask("DELETE", path + "/sessions"), 404, "not_found");
    expect_problem(server_.ask(login_request({"cat@example.com", "quick-Pebble-43", "", ""})), 401,
                   "invalid_credentials");
}

TEST_F(admin, a_user_without_a_password_cannot_log_in) {
    ASSERT_EQ(ask("POST", "/admin/users", R"({"email":"carol@example.com"})").status, 201);
    for (const char* password : {"x", ""})
        EXPECT_EQ(server_.ask(login_request({"carol@example.com", password, "", ""})).status, 401);
}

// L3, P1, P2
TEST_F(admin, what_is_refused_changes_nothing) {
    const auto path = path_of(server_, bob());
    const auto before = ask("GET", "/admin/users").body;
    const std::string exists = R"({"email":"ALICE@example.com"})";
    expect_problem(ask("POST", "/admin/users", exists), 409, "already_exists");
    expect_problem(ask("PATCH", path, exists), 409, "already_exists");

    const std::string long_password(1'025, 'p');
    for (const std::string& password :
         {std::string("short"), std::string("password123"), std::string("bob@example.com")}) {
        const json body{{"password", password}, {"name", "not taken over"}};
        const auto weak = ask("PATCH", path, body.dump());
        expect_problem(weak, 422, "weak_password");
        EXPECT_FALSE(json_of(weak).value("detail", "").empty());
        EXPECT_THAT(weak.body, testing::Not(HasSubstr('"' + password + '"')));
    }
    expect_problem(ask("PATCH", path, json{{"password", long_password}}.dump()), 400, "password_too_long");
    expect_problem(ask("POST", "/admin/users", json{{"email", "c@example.com"}, {"password", "short"}}.dump()), 422,
                   "weak_password");

    const std::map<std::string, std::string> faults{{R"({"name":1})", "name"},
                                                    {R"({"nme":"x"})", "nme"},
                                                    {R"({"groups":"a"})", "groups"},
                                                    {R"({"groups":["a b"]})", "groups"},
                                                    {R"({"email":"nobody"})", "email"},
                                                    {R"({"disabled":1})", "disabled"},
                                                    {R"({"password":null})", "password"},
                                                    {R"({"name":"a","name":"b"})", "name"},
                                                    {"[]", "object"},
                                                    {"{", "JSON"},
                                                    {"{\"name\":\"\xff\"}", "JSON"},
                                                    {R"({"name":"\u0000"})", "name"}};
    for (const auto& [body, told] : faults) {
        const auto refused = ask("PATCH", path, body);
        expect_problem(refused, 400, "invalid_request");
        EXPECT_THAT(json_of(refused).value("detail", ""), HasSubstr(told)) << body;
    }
    expect_problem(ask("POST", "/admin/users", R"({"password":"long-enough-it-is"})"), 400, "invalid_request");
    expect_problem(ask("PUT", path, "{}"), 405, "method_not_allowed");
    EXPECT_EQ(ask("POST", path, "{}")["Allow"], "GET, HEAD, PATCH, DELETE");
    EXPECT_EQ(ask_admin(server_, post_form("/admin/users", {{"email", "c@example.com"}})).status, 415);
    EXPECT_EQ(ask_admin(server_, {"DELETE", path, {{"Sec-Fetch-Site", "cross-site"}}, {}}).status, 403);
    expect_problem(ask("PATCH", path, json{{"name", std::string(20'000, 'x')}}.dump()), 413, "body_too_large");
    for (const char* id : {"x", "%2e%2e", "00000000000000000000000000000000", "0000000000000000000000000000000G"}) {
        expect_problem(ask("GET", std::string("/admin/users/") + id), 404, "not_found");
        expect_problem(ask("DELETE", std::string("/admin/sessions/") + id), 404, "not_found");
    }
    for (const char* list : {"/admin/users", "/admin/sessions"})
        for (const char* query : {"limit=0", "limit=1001", "limit=x", "cursor=x", "cursor=%00", "cursor=a&cursor=a"})
            expect_problem(ask("GET", std::string(list) + "?" + query), 400, "invalid_request");
    EXPECT_EQ(ask("GET", "/admin/users").body, before);
    EXPECT_EQ(server_.ask(login_request(bob())).status, 200);
}

// Follows the cursors; `between` happens after each page. How often each id was told.
template <class Between>
std::map<std::string, int> read_all(const latchkey_server& server, const std::string& list, Between between) {
    std::map<std::string, int> seen;
    std::string query = "?limit=5";
    for (int page = 0; page < 100; ++page) {
        const auto content = json_of(ask_admin(server, "GET", "/admin/" + list + query));
        EXPECT_LE(content.at(list).size(), 5U);
        for (const auto& one : content.at(list))
            ++seen[one.value("id", "")];
        if (content.at("next_cursor").is_null())
            return seen;
        query = "?limit=5&cursor=" + percent_encode(content.at("next_cursor").get<std::string>());
        between(page, content.at(list));
    }
    ADD_FAILURE() << "the list has no end";
    return seen;
}

TEST_F(admin, pages_of_users_are_stable_under_change) {
    std::set<std::string> stay;
    for (int i = 0; i < 20; ++i) {
        const json body{{"email", "user" + std::to_string(i) + "@example.com"}};
        stay.insert(json_of(ask("POST", "/admin/users", body.dump())).value("id", ""));
    }
    int added = 0;
    const auto seen = read_all(server_, "users", [&](int page, const json& users) {
        if (page < 6) {
            const json body{{"email", "late" + std::to_string(++added) + "@example.com"}};
            EXPECT_EQ(ask("POST", "/admin/users", body.dump()).status, 201);
        }
        const std::string last = users.back().value("id", "");  // where the cursor stands
        EXPECT_EQ(ask("DELETE", "/admin/users/" + last).status, 204);
        stay.erase(last);
    });
    for (const auto& id : stay)
        EXPECT_EQ(seen.count(id) ? seen.at(id) : 0, 1) << id;
    for (const auto& [id, times] : seen)
        EXPECT_EQ(times, 1) << id;
}

TEST_F(admin, pages_of_sessions_are_stable_under_change) {
    const auto id_of = [](const http_response& login) { return json_of(login)["session"].value("id", ""); };
    std::set<std::string> stay;
    for (int i = 0; i < 12; ++i)
        for (const auto* user : {&alice(), &bob()})
            stay.insert(id_of(server_.ask(login_request(*user))));
    const auto seen = read_all(server_, "sessions", [&](int page, const json& sessions) {
        if (page < 6) {
            EXPECT_EQ(server_.ask(login_request(page % 2 == 0 ? alice() : bob())).status, 200);
        }
        const std::string last = sessions.back().value("id", "");
        EXPECT_EQ(ask("DELETE", "/admin/sessions/" + last).status, 204);
        stay.erase(last);
    });
    for (const auto& id : stay)
        EXPECT_EQ(seen.count(id) ? seen.at(id) : 0, 1) << id;
    for (const auto& [id, times] : seen)
        EXPECT_EQ(times, 1) << id;
}

// S4
TEST(admin_on_tcp, wants_the_token) {
    const temp_dir directory;
    const std::string token = "k8Jd0mQxV3tYw7ZpB2nRc5GhL9sFa1Eu";
    const std::string file = directory / "token";
    write_file(file, token + "\n");
    ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
    const auto port = free_port();
    server_setup setup;
    setup.config["server.admin_listen"] = "\"127.0.0.1:" + std::to_string(port) + "\"";
    setup.config["server.admin_token_file"] = '"' + file + '"';
    latchkey_server server(setup);

    const auto ask = [&](const char* method, const std::string& target, header_list headers = {}) {
        return raw_client::tcp(port).ask({method, target, std::move(headers), {}});
    };
    for (const header_list& headers :
         {header_list{}, header_list{{"Authorization", "Bearer K" + token.substr(1)}},
          header_list{{"Authorization", "Basic " + token}}, header_list{{"Cookie", "token=" + token}},
          header_list{{"Authorization", "Bearer " + token}, {"Authorization", "Bearer " + token}}})
        for (const char* target : {"/admin/users", "/admin/reload", "/health/alive", "/nothing"}) {
            const auto answer = ask("POST", target, headers);
            expect_problem(answer, 401, "admin_token_required");
            EXPECT_EQ(answer["WWW-Authenticate"], "Bearer");
        }
    const header_list shown{{"Authorization", "Bearer " + token}};
    EXPECT_EQ(ask("GET", "/admin/users", shown).status, 200);
    EXPECT_EQ(ask("GET", "/admin/users?token=" + token).status, 401);
    EXPECT_FALSE(std::filesystem::exists(admin_socket(server)));
    EXPECT_EQ(server.ask(get("/admin/users", shown)).status, 404);
    EXPECT_EQ(server.output().find(token), std::string::npos) << "A1";
}

TEST(admin_on_tcp, is_no_configuration_without_one) {
    server_setup setup;
    setup.users.clear();
    setup.start = false;
    setup.config["server.admin_listen"] = "\"127.0.0.1:9081\"";
    const latchkey_server server(setup);
    const auto checked = server.command({"config", "check"});
    EXPECT_EQ(checked.status, 2);
    EXPECT_THAT(checked.errors, HasSubstr("admin_token_file"));
}

TEST(admin_off, there_is_no_listener) {
    server_setup setup;
    setup.config["server.admin_listen"] = "\"off\"";
    const latchkey_server server(setup);
    EXPECT_FALSE(std::filesystem::exists(admin_socket(server)));
}

// A crowd at the public listener never keeps an administrator out.
TEST(admin_in_a_crowd, gets_in_when_the_connections_are_all_taken) {
    server_setup setup;
    setup.config["limits.max_connections"] = "10";
    const latchkey_server server(setup);
    std::vector<raw_client> crowd;
    for (int refused = 0; refused < 3;) {
        crowd.push_back(server.connect());
        try {
            refused += crowd.back().ask(get("/health/alive")).status == 503 ? 1 : 0;
        } catch (const connection_ended&) {
            ++refused;
        }
    }
    EXPECT_EQ(ask_admin(server, "GET", "/admin/users").status, 200);
}

TEST(admin_in_a_crowd, gets_in_when_the_descriptors_are_all_taken) {
    server_setup setup;
    setup.max_open_files = 64;
    latchkey_server server(setup);
    std::vector<raw_client> crowd;
    crowd.push_back(server.connect());
    EXPECT_EQ(crowd.front().ask(get("/health/alive")).status, 200);
    for (int i = 0; i < 150; ++i)
        crowd.push_back(server.connect());
    for (const deadline until; open_files(server.process().pid()) < 60 && !until.passed();)
        crowd.front().readable(std::chrono::milliseconds(5));
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(ask_admin(server, "GET", "/admin/users").status, 200);
}

}  // namespace
}  // namespace latchkey::test
