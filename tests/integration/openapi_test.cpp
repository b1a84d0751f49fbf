// docs/openapi.yaml holds for the running server. That the file and the route tables name the same operations is
// tests/unit/http/openapi_routes_test.cpp's; here real answers are held against it.
#include "account.hpp"
#include "expectations.hpp"
#include "openapi_document.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace latchkey::test {
namespace {

using nlohmann::json;

class openapi : public testing::Test {
protected:
    static void SetUpTestSuite() { server_ = std::make_unique<latchkey_server>(); }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }
    static raw_client admin() { return raw_client::unix_socket(server().directory() / "latchkey.db-admin"); }

    // The answer, which must have this status and be one that the file tells of for `path`.
    http_response expect(int status, const std::string& path, const http_request& request) const {
        SCOPED_TRACE(request.method + ' ' + request.target + ' ' + request.body);
        const auto response =
            path.starts_with("/admin/") || path == "/metrics" ? admin().ask(request) : server().ask(request);
        EXPECT_EQ(response.status, status) << response.body;
        EXPECT_THAT(document_.faults(request.method, path, response), testing::IsEmpty()) << response.body;
        return response;
    }
    http_response expect(int status, const http_request& request) const {
        return expect(status, request.target.substr(0, request.target.find('?')), request);
    }

    const openapi_document document_;

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

// With some id in the place of {id}, some path in the place of {path}.
std::string example_of(std::string path) {
    for (const auto& [name, value] : {std::pair{"{id}", std::string(32, 'a')}, {"{path}", "a/b"}})
        if (const auto at = path.find(name); at != std::string::npos)
            path.replace(at, std::string_view(name).size(), value);
    return path;
}

// An unsupported method is answered by 405 where a path is routed, with the methods that are.
TEST_F(openapi, every_path_is_routed_with_exactly_these_methods) {
    for (const auto& path : document_.paths()) {
        SCOPED_TRACE(path.text);
        const http_request request{"TRACE", example_of(path.text), {}, {}};  // nobody's
        const auto response = path.is_admin ? admin().ask(request) : server().ask(request);
        EXPECT_EQ(response.status, 405);
        EXPECT_EQ(response["Allow"], path.allow);
    }
}

TEST_F(openapi, administration_is_not_public) {
    for (const auto& path : document_.paths())
        if (path.is_admin) {
            EXPECT_EQ(server().ask({"OPTIONS", example_of(path.text), {}, {}}).status, 404) << path.text;
        }
}

TEST_F(openapi, login_and_logout) {
    expect(200, get("/login"));
    const auto cookie = cookie_of(expect(200, login_request(alice())));
    expect(200, post_json("/login", R"({"email":"alice@example.com","password":"tr0mbone-under-glass","rd":"/x"})"));
    expect(303, post_form("/login", {{"email", alice().email}, {"password", alice().password}}));
    expect(401, post_form("/login", {{"email", alice().email}, {"password", "wrong"}}));
    expect(401, post_json("/login", R"({"email":"alice@example.com","password":"wrong"})"));
    expect(400, post_json("/login", "{}"));
    expect(403, login_request(alice(), {{"Origin", "https://evil.test"}}));
    expect(413, post_json("/login", std::string(17 * 1'024, ' ')));
    expect(415, {"POST", "/login", {{"Content-Type", "text/plain"}}, "x"});
    expect(303, get("/login", with_cookie(cookie)));
    expect(200, get("/account", with_cookie(cookie)));
    expect(303, get("/account"));
    expect(200, get("/assets/latchkey.css"));
    expect(303, post_form("/logout", {}, with_cookie(cookie)));
    expect(204, {"POST", "/logout", with_cookie(cookie), {}});
    expect(400, post_form("/logout", {{"rd", "/a"}, {"rd", "/b"}}));
}

TEST_F(openapi, pages_for_people) {
    const header_list browser{{"Accept", "text/html"}};
    const auto mine = server().login(bob()), other = server().login(bob());
    expect(200, get("/account?done=session-ended", with_cookie(mine)));
    expect(200, get("/login/mark.svg"));
    expect(403, get("/login/refused"));
    expect(403, get("/login/refused", browser));
    expect(404, post_form("/account/sessions/end", {{"id", "x"}}, with_cookie(mine)));
    expect(400, post_form("/account/sessions/end", {}, with_cookie(mine)));
    expect(303, post_form("/account/sessions/end", {{"id", id_of(server(), other)}}, with_cookie(mine)));
    expect(303, post_form("/account/sessions/end", {{"id", "x"}}));
    expect(303, post_form("/account/sessions/end-others", {}, with_cookie(mine)));
    expect(403, post_form("/account/sessions/end-others", {}, with_cookie(mine, {{"Origin", "https://evil.test"}})));
    const auto change = [](const std::string& now, const std::string& next, const std::string& again) {
        return header_list{{"current_password", now}, {"new_password", next}, {"repeat_password", again}};
    };
    expect(401, post_form("/account/password", change("wrong", "a-new-one-for-Bob", "a-new-one-for-Bob"),
                          with_cookie(mine)));
    expect(422, post_form("/account/password", change(bob().password, "short", "short"), with_cookie(mine)));
    expect(400, post_form("/account/password", {}, with_cookie(mine)));
    expect(303, post_form("/account/password", {}));
    const auto fresh =
        cookie_of(expect(303, post_form("/account/password", change(bob().password, bob().password, bob().password),
                                        with_cookie(mine))));
    expect(303, post_form("/account/sessions/end", {{"id", id_of(server(), fresh)}}, with_cookie(fresh)));
    expect(401, get("/sessions/whoami", browser));
    expect(403, post_form("/login", {}, {{"Accept", "text/html"}, {"Origin", "https://evil.test"}}));
}

TEST_F(openapi, sessions) {
    const auto mine = server().login(bob()), other = server().login(bob());
    expect(200, get("/sessions/whoami", with_cookie(mine)));
    expect(401, get("/sessions/whoami"));
    expect(200, list_request(mine));
    expect(401, list_request("x"));
    expect(204, "/sessions/{id}", end_request(mine, id_of(server(), other)));
    expect(404, "/sessions/{id}", end_request(mine, "x"));
    expect(401, "/sessions/{id}", end_request("x", "x"));
    expect(200, end_request(mine, ""));
    expect(400, end_request(mine, "?all=no"));
    expect(401, end_request("x", ""));
    expect(200, end_request(mine, "?all=true"));
    const auto last = server().login(bob());
    expect(204, "/sessions/{id}", end_request(last, id_of(server(), last)));
}

TEST_F(openapi, passwords) {
    auto cookie = server().login(bob());
    cookie = cookie_of(expect(204, reauthentication(cookie, bob().password)));
    expect(401, reauthentication(cookie, "wrong"));
    expect(401, reauthentication("x", bob().password));
    expect(400, post_json("/sessions/reauthenticate", "[]", with_cookie(cookie)));
    expect(415, {"POST", "/sessions/reauthenticate", with_cookie(cookie), "x"});
    cookie = cookie_of(expect(204, password_change(cookie, bob().password, "another-one-for-Bob")));
    expect(422, password_change(cookie, "another-one-for-Bob", "short"));
    expect(401, password_change(cookie, "wrong", "yet-another-for-Bob"));
    expect(400, password_change(cookie, "another-one-for-Bob", std::string(1'025, 'x')));
    expect(415, {"POST", "/password", with_cookie(cookie), "x"});
    cookie = cookie_of(expect(204, password_change(cookie, "another-one-for-Bob", bob().password)));
}

TEST_F(openapi, proxies_and_probes) {
    const std::string path = "/api/authz/auth-request";
    const auto cookie = server().login(alice());
    expect(200, get(path, with_cookie(cookie, {{"X-Original-URL", "https://app.example.com/"}})));
    expect(401, get(path, {{"X-Original-URL", "https://app.example.com/"}}));
    expect(403, get(path, with_cookie(cookie)));
    const header_list forwarded{{"X-Forwarded-Proto", "https"},
                                {"X-Forwarded-Host", "app.example.com"},
                                {"X-Forwarded-Uri", "/a?b"},
                                {"X-Forwarded-Method", "POST"}};
    auto from_browser = forwarded;
    from_browser.emplace_back("Accept", "text/html");
    for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
        for (const std::string at : {"/api/authz/forward-auth", "/api/authz/ext-authz/{path}"}) {
            const auto question = [&](const header_list& headers) {
                return http_request{method, example_of(at), headers, {}};
            };
            expect(200, at, question(with_cookie(cookie, forwarded)));
            expect(401, at, question(forwarded));
            expect(403, at, question(with_cookie(cookie)));
            const bool is_get = std::string_view(method) == "GET" || std::string_view(method) == "OPTIONS";
            expect(at.ends_with("auth") || !is_get ? 303 : 302, at, question(from_browser));
        }
    expect(202, get("/oauth2/auth", with_cookie(cookie)));
    expect(401, get("/oauth2/auth"));
    expect(403, get("/oauth2/auth", with_cookie(cookie, {{"X-Original-URL", "x"}})));
    expect(200, get("/health/alive"));
    expect(200, get("/health/ready"));
    expect(200, get("/healthz"));
}

TEST_F(openapi, administration_of_throttles) {
    for (const auto& email : {alice().email, std::string("nobody@example.com")})
        EXPECT_EQ(server().ask(post_json("/login", json{{"email", email}, {"password", "wrong"}}.dump())).status, 401);
    const auto held = json_of(expect(200, get("/admin/throttles")))["throttles"];
    ASSERT_GE(held.size(), 3U);
    expect(200, get("/admin/throttles?account=" + percent_encode(alice().email) + "&client=127.0.0.1&limit=7"));
    expect(400, get("/admin/throttles?client=x"));
    expect(400, {"DELETE", "/admin/throttles", {}, {}});
    expect(200, {"DELETE", "/admin/throttles?id=" + held[0]["id"].get<std::string>(), {}, {}});
    expect(200, {"DELETE", "/admin/throttles?all=true", {}, {}});
    EXPECT_EQ(json_of(expect(200, get("/admin/throttles")))["throttles"], json::array());
}

TEST_F(openapi, administration_of_users) {
    const std::string one = "/admin/users/{id}";
    const auto added =
        json_of(expect(201, post_json("/admin/users", R"({"email":"carol@example.com","password":"carols-own-Secret",
                                                          "name":"Carol","groups":["staff"]})")));
    const std::string target = "/admin/users/" + added["id"].get<std::string>();
    expect(201, post_json("/admin/users", R"({"email":"dave@example.com"})"));
    expect(409, post_json("/admin/users", R"({"email":"carol@example.com"})"));
    expect(422, post_json("/admin/users", R"({"email":"erin@example.com","password":"short"})"));
    for (const char* bad : {"{}", "[", R"({"email":1})", R"({"email":"x"})", R"({"email":"e@example.com","x":1})"})
        expect(400, post_json("/admin/users", bad));
    expect(415, post_form("/admin/users", {{"email", "erin@example.com"}}));

    expect(200, get("/admin/users"));
    expect(200, get("/metrics"));
    const auto page = json_of(expect(200, get("/admin/users?limit=1")));
    ASSERT_TRUE(page["next_cursor"].is_string());
    expect(200, get("/admin/users?limit=1&cursor=" + percent_encode(page["next_cursor"].get<std::string>())));
    EXPECT_EQ(json_of(expect(200, get("/admin/users?email=carol%40example.com")))["users"], json::array({added}));
    expect(400, get("/admin/users?limit=0"));
    expect(400, get("/admin/users?cursor=x"));

    expect(200, one, get(target));
    expect(404, one, get("/admin/users/x"));
    auto patch = post_json(target, R"({"name":"Carol C.","groups":[],"disabled":true})");
    patch.method = "PATCH";
    EXPECT_EQ(json_of(expect(200, one, patch))["name"], "Carol C.");
    patch.body = R"({"email":"dave@example.com"})";
    patch.headers.clear();
    expect(415, one, patch);
    patch.headers = {{"Content-Type", "application/json"}};
    expect(409, one, patch);
    expect(200, one + "/sessions", get(target + "/sessions"));
    expect(200, one + "/sessions", {"DELETE", target + "/sessions", {}, {}});
    expect(204, one, {"DELETE", target, {}, {}});
    expect(404, one, {"DELETE", target, {}, {}});
    expect(404, one + "/sessions", get(target + "/sessions"));
}

TEST_F(openapi, administration_of_sessions) {
    const auto cookie = server().login(alice());
    const auto mine = session_of(server(), cookie);
    server().login(alice());
    const auto of_user = "/admin/users/" + mine["user"]["id"].get<std::string>() + "/sessions";
    EXPECT_GE(json_of(expect(200, "/admin/users/{id}/sessions", get(of_user)))["sessions"].size(), 2U);
    const auto page = json_of(expect(200, get("/admin/sessions?limit=1")));
    ASSERT_TRUE(page["next_cursor"].is_string());
    expect(200, get("/admin/sessions?cursor=" + percent_encode(page["next_cursor"].get<std::string>())));
    expect(400, get("/admin/sessions?cursor=x"));
    const http_request end{"DELETE", "/admin/sessions/" + mine["id"].get<std::string>(), {}, {}};
    expect(204, "/admin/sessions/{id}", end);
    expect(404, "/admin/sessions/{id}", end);
    EXPECT_EQ(whoami(server(), cookie), 401);
    expect(200, "/admin/users/{id}/sessions", {"DELETE", of_user, {}, {}});
}

TEST_F(openapi, administration_of_the_configuration) {
    const http_request reload{"POST", "/admin/reload", {}, {}};
    expect(200, reload);
    const auto good = read_whole_file(server().config_file());
    write_file(server().config_file(), good + "\n[nonsense\n");
    EXPECT_FALSE(json_of(expect(422, reload))["faults"].empty());
    write_file(server().config_file(), good);
    expect(200, reload);
}

}  // namespace
}  // namespace latchkey::test
