// Seeing one's sessions on other devices, and ending them.
#include "account.hpp"
#include "expectations.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <map>

namespace latchkey::test {
namespace {

using nlohmann::json;

const std::string cleared = "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";

class session_management : public testing::Test {
protected:
    static void SetUpTestSuite() { server_ = std::make_unique<latchkey_server>(); }
    static void TearDownTestSuite() { server_.reset(); }
    // Every test begins with nobody signed in.
    void SetUp() override {
        for (const auto& user : {alice(), bob()})
            server().ask(end_request(server().login(user), "?all=true"));
    }
    static latchkey_server& server() { return *server_; }
    static std::string login_from(const test_user& user, const std::string& agent) {
        return cookie_of(server().ask(login_request(user, {{"User-Agent", agent}})));
    }
    static json sessions(const std::string& cookie) { return json_of(server().ask(list_request(cookie)))["sessions"]; }

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

TEST_F(session_management, two_devices_see_each_other) {
    const auto phone = login_from(alice(), "phone/1"), laptop = login_from(alice(), "laptop/2");
    login_from(bob(), "foreign/3");

    const auto response = server().ask(list_request(phone));
    ASSERT_EQ(response.status, 200) << response.body;
    expect_common_headers(response);
    EXPECT_EQ(response["Content-Type"], "application/json; charset=utf-8");
    EXPECT_EQ(response.count("Set-Cookie"), 0U);
    EXPECT_EQ(response.body.find(phone), std::string::npos);
    const auto content = json_of(response);
    EXPECT_EQ(content.size(), 1U);
    const auto& list = content["sessions"];
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[0]["id"], id_of(server(), laptop)) << "the newest comes first";
    EXPECT_EQ(list[0]["current"], false);
    EXPECT_EQ(list[0]["device"]["user_agent"], "laptop/2");
    EXPECT_EQ(list[0]["device"]["ip"], "127.0.0.1");
    EXPECT_EQ(list[1]["current"], true);
    EXPECT_EQ(list[1]["device"]["user_agent"], "phone/1");
    EXPECT_EQ(list[1], session_of(server(), phone)) << "the same object as whoami's";

    const auto other = sessions(laptop);
    ASSERT_EQ(other.size(), 2U);
    EXPECT_EQ(other[0]["current"], true);
    EXPECT_EQ(other[1]["current"], false);
}

TEST_F(session_management, newest_first_and_no_ended_ones) {
    std::vector<std::string> cookies, ids;
    for (int i = 0; i < 8; ++i) {
        cookies.push_back(server().login(alice()));
        ids.insert(ids.begin(), id_of(server(), cookies.back()));
    }
    server().ask({"POST", "/logout", with_cookie(cookies[3]), {}});
    ids.erase(ids.begin() + 4);
    std::vector<std::string> listed;
    for (const auto& s : sessions(cookies[0]))
        listed.push_back(s["id"]);
    EXPECT_EQ(listed, ids);
}

// V1
TEST_F(session_management, ending_another_one) {
    const auto mine = server().login(alice()), lost = server().login(alice()), third = server().login(alice());
    const auto id = id_of(server(), lost);
    const auto response = server().ask(end_request(mine, id));
    EXPECT_EQ(response.status, 204);
    expect_common_headers(response);
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(response.count("Content-Length"), 0U);
    EXPECT_EQ(response.count("Set-Cookie"), 0U);
    EXPECT_EQ(whoami(server(), lost), 401);
    EXPECT_EQ(
        server()
            .ask(get("/api/authz/auth-request", with_cookie(lost, {{"X-Original-URL", "https://app.example.com/"}})))
            .status,
        401);
    EXPECT_EQ(whoami(server(), mine), 200);
    EXPECT_EQ(whoami(server(), third), 200);
    EXPECT_EQ(sessions(mine).size(), 2U);
    expect_problem(server().ask(end_request(mine, id)), 404, "not_found");
}

TEST_F(session_management, ending_the_current_one_clears_the_cookie) {
    const auto mine = server().login(alice()), other = server().login(alice());
    const auto response = server().ask(end_request(mine, id_of(server(), mine)));
    EXPECT_EQ(response.status, 204);
    EXPECT_EQ(response["Set-Cookie"], cleared);
    EXPECT_EQ(whoami(server(), mine), 401);
    EXPECT_EQ(whoami(server(), other), 200);
}

// V5: nobody learns of, or ends, what belongs to others.
TEST_F(session_management, another_users_session_is_not_found) {
    const auto mine = server().login(alice()), foreign = server().login(bob());
    const auto answer = server().ask(end_request(mine, id_of(server(), foreign)));
    const auto unknown = server().ask(end_request(mine, std::string(32, 'a')));
    expect_problem(answer, 404, "not_found");
    EXPECT_EQ(comparable_body(answer), comparable_body(unknown));
    EXPECT_EQ(comparable_headers(answer), comparable_headers(unknown));
    EXPECT_EQ(whoami(server(), foreign), 200);
    server().ask(end_request(mine, ""));
    server().ask(end_request(mine, "?all=true"));
    EXPECT_EQ(whoami(server(), foreign), 200);
}

TEST_F(session_management, what_is_no_id_is_not_found) {
    const auto mine = server().login(alice());
    const auto id = id_of(server(), mine);
    std::string upper = id;
    std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
    if (upper == id)
        upper.front() = 'F';
    for (const auto& wrong :
         {std::string("x"), id.substr(1), id + '0', upper, mine, '%' + id, std::string("0"), std::string("null"),
          std::string(".."), id + '/', id + "/x", std::string(7'000, 'a'), id + "%00", std::string("*")})
        expect_problem(server().ask(end_request(mine, wrong)), 404, "not_found");
    EXPECT_EQ(server().ask({"DELETE", "/sessions/", with_cookie(mine), {}}).status, 404);
    EXPECT_EQ(whoami(server(), mine), 200);
}

TEST_F(session_management, ending_all_others) {
    const auto mine = server().login(alice()), second = server().login(alice()), third = server().login(alice());
    const auto response = server().ask(end_request(mine, ""));
    EXPECT_EQ(response.status, 200);
    expect_common_headers(response);
    EXPECT_EQ(response["Content-Type"], "application/json; charset=utf-8");
    EXPECT_EQ(json_of(response), (json{{"revoked", 2}}));
    EXPECT_EQ(response.count("Set-Cookie"), 0U);
    EXPECT_EQ(whoami(server(), mine), 200);
    EXPECT_EQ(whoami(server(), second), 401);
    EXPECT_EQ(whoami(server(), third), 401);
    EXPECT_EQ(json_of(server().ask(end_request(mine, "")))["revoked"], 0);
}

TEST_F(session_management, ending_all) {
    const auto mine = server().login(alice()), second = server().login(alice());
    const auto response = server().ask(end_request(mine, "?all=true"));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(json_of(response), (json{{"revoked", 2}}));
    EXPECT_EQ(response["Set-Cookie"], cleared);
    EXPECT_EQ(whoami(server(), mine), 401);
    EXPECT_EQ(whoami(server(), second), 401);
    EXPECT_EQ(server().ask(end_request(mine, "?all=true")).status, 401);
}

TEST_F(session_management, a_doubtful_query_ends_nothing) {
    const auto mine = server().login(alice()), other = server().login(alice());
    for (const std::string query : {"?all=false", "?all=", "?all", "?all=1", "?all=TRUE", "?all=true&all=true",
                                    "?all=false&all=true", "?all=true&x=1", "?every=true", "?all=%zz"})
        expect_problem(server().ask(end_request(mine, query)), 400, "invalid_request");
    EXPECT_EQ(whoami(server(), mine), 200);
    EXPECT_EQ(whoami(server(), other), 200);
}

TEST_F(session_management, nobody_without_a_session) {
    const auto mine = server().login(alice()), other = server().login(alice());
    const auto id = id_of(server(), other);
    const std::string both =
        std::string(session_cookie) + '=' + mine + "; " + std::string(session_cookie) + '=' + other;
    for (const header_list& headers :
         {header_list{}, with_cookie(id), with_cookie(std::string(43, 'A')), header_list{{"Cookie", both}}})
        for (const auto& [method, target] :
             {std::pair{"GET", std::string("/sessions")}, std::pair{"DELETE", std::string("/sessions")},
              std::pair{"DELETE", std::string("/sessions?all=true")}, std::pair{"DELETE", "/sessions/" + id}}) {
            const auto response = server().ask({method, target, headers, {}});
            expect_problem(response, 401, "no_session");
            EXPECT_EQ(response.count("Set-Cookie"), 0U);
        }
    EXPECT_EQ(sessions(mine).size(), 2U);
}

TEST_F(session_management, methods) {
    const auto mine = server().login(alice());
    EXPECT_EQ(server().ask({"POST", "/sessions", with_cookie(mine), {}})["Allow"], "GET, HEAD, DELETE");
    EXPECT_EQ(server().ask(get("/sessions/" + id_of(server(), mine), with_cookie(mine)))["Allow"], "DELETE");
    EXPECT_EQ(server().ask({"DELETE", "/sessions/whoami", with_cookie(mine), {}})["Allow"], "GET, HEAD");
    EXPECT_EQ(server().ask(get("/sessions/reauthenticate", with_cookie(mine)))["Allow"], "POST");
    EXPECT_EQ(server().ask(get("/password", with_cookie(mine)))["Allow"], "POST");
    EXPECT_EQ(server().ask(head("/sessions", with_cookie(mine))).status, 200);
    EXPECT_EQ(whoami(server(), mine), 200);
}

// A DELETE with a body is no way to smuggle a second request.
TEST_F(session_management, a_body_is_never_read_as_a_request) {
    const auto mine = server().login(alice()), other = server().login(alice());
    auto client = server().connect();
    const auto hidden = http_request{"DELETE", "/sessions?all=true", with_cookie(mine), {}}.wire();
    const auto response = client.ask({"DELETE", "/sessions/" + std::string(32, 'a'), with_cookie(mine), hidden});
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response["Connection"], "close");
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(whoami(server(), other), 200);
}

// A3
TEST_F(session_management, every_end_is_an_audit_event) {
    const auto mine = server().login(alice()), other = server().login(alice());
    const auto id = id_of(server(), other);
    const auto one = server().ask(end_request(mine, id))["X-Request-Id"];
    const auto many = server().ask(end_request(mine, "?all=true"))["X-Request-Id"];
    EXPECT_TRUE(server().process().wait_for_output(
        [&](const std::string& text) { return text.find(many) != std::string::npos && text.ends_with('\n'); }));
    std::map<std::string, json> events;
    for (const auto& line : server().log_lines())
        if (const auto event = json::parse(line); event.value("audit", false))
            events[event.value("request_id", "")] = event;
    EXPECT_EQ(events[one]["event"], "session_revoked");
    EXPECT_EQ(events[one]["session_id"], id);
    EXPECT_EQ(events[one]["email"], alice().email);
    EXPECT_EQ(events[many]["event"], "sessions_revoked");
    EXPECT_EQ(events[many]["reason"], "user");
    EXPECT_EQ(events[many]["email"], alice().email);
}

}  // namespace
}  // namespace latchkey::test
