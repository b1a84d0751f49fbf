// What POST /sessions/reauthenticate and POST /password refuse: other sites, and whatever is not their body (L3, X1).
#include "account.hpp"
#include "expectations.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace latchkey::test {
namespace {

class credential_input : public testing::Test {
protected:
    static void SetUpTestSuite() { server_ = std::make_unique<latchkey_server>(); }
    static void TearDownTestSuite() { server_.reset(); }
    void SetUp() override { cookie_ = server().login(alice()); }
    // Whatever came, the session and the password are what they were.
    void TearDown() override {
        EXPECT_EQ(whoami(server(), cookie_), 200);
        EXPECT_EQ(login_status(server(), alice().email, alice().password), 200);
        EXPECT_TRUE(server().process().running());
    }
    static latchkey_server& server() { return *server_; }

    void expect_refused(const std::string& target, const std::string& body, int status = 400,
                        const std::string& code = "invalid_request") const {
        SCOPED_TRACE(target + ' ' + body.substr(0, 100));
        const auto response = server().ask(post_json(target, body, with_cookie(cookie_)));
        expect_problem(response, status, code);
        EXPECT_EQ(response.count("Set-Cookie"), 0U);
    }

    std::string cookie_;
    const std::string proof = R"("password":"tr0mbone-under-glass")";
    const std::string change = R"("current_password":"tr0mbone-under-glass","new_password":"second-of-many-Words")";

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

TEST_F(credential_input, not_the_json_that_is_asked_for) {
    for (const std::string target : {"/sessions/reauthenticate", "/password"}) {
        const auto& good = target == "/password" ? change : proof;
        for (const auto& body :
             {std::string(), std::string(" "), std::string("{}"), std::string("[]"), std::string("null"),
              std::string("{"), std::string("\"password\""), "{" + good, good, "{" + good + "}{" + good + "}",
              "[{" + good + "}]", "{" + good + ",}", "{\"x\":{" + good + "}}", "{" + good + ',' + good + '}',
              "{" + good + ",\"x\":1,\"x\":2}", "{" + good + ",\"x\":" + std::string(8'000, '['),
              "{" + good + ",\"x\":" + std::string(100, '[') + std::string(100, ']') + '}', "\xff" + good,
              "{" + good + "}" + std::string(1, '\0') + "x"})
            expect_refused(target, body);
    }
    expect_refused("/password", R"({"current_password":"tr0mbone-under-glass"})");
    expect_refused("/password", R"({"new_password":"second-of-many-Words"})");
    for (const std::string wrong : {"null", "1", "true", "1.5", R"(["second-of-many-Words"])", "{}"}) {
        expect_refused("/password", R"({"current_password":"tr0mbone-under-glass","new_password":)" + wrong + '}');
        expect_refused("/password", R"({"new_password":"second-of-many-Words","current_password":)" + wrong + '}');
        expect_refused("/sessions/reauthenticate", R"({"password":)" + wrong + '}');
    }
    for (const std::string text : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\\ud800", "\n"}) {
        expect_refused("/password",
                       R"({"current_password":"tr0mbone-under-glass","new_password":"second-of-many)" + text + "\"}");
        expect_refused("/sessions/reauthenticate", R"({"password":"tr0mbone-under-glass)" + text + "\"}");
    }
}

TEST_F(credential_input, not_the_form_that_is_asked_for) {
    for (const std::string body :
         {"", "password", "password=%", "password=%zz", "password=%ff", "password=a&password=a",
          "passwor%64=a&password=a", "current_password=a", "new_password=a",
          "current_password=a&new_password=b&new_password=b", "current_password=a&new_password=%c0%af"}) {
        SCOPED_TRACE(body);
        auto request = post_form("/password", {}, with_cookie(cookie_));
        request.body = body;
        expect_problem(server().ask(request), 400, "invalid_request");
        request.target = "/sessions/reauthenticate";
        if (body != "password")  // there, but empty: a wrong password
            expect_problem(server().ask(request), 400, "invalid_request");
        else
            expect_problem(server().ask(request), 401, "invalid_credentials");
    }
}

TEST_F(credential_input, media_types_and_size) {
    for (const std::string target : {"/sessions/reauthenticate", "/password"}) {
        const auto body = '{' + (target == "/password" ? change : proof) + '}';
        for (const std::string type : {"text/plain", "text/json", "multipart/form-data; boundary=x", "",
                                       "application/json; charset=latin1", "application/xml"}) {
            SCOPED_TRACE(type);
            expect_problem(server().ask({"POST", target, with_cookie(cookie_, {{"Content-Type", type}}), body}), 415,
                           "unsupported_media_type");
        }
        expect_problem(server().ask({"POST", target, with_cookie(cookie_), {}}), 415, "unsupported_media_type");
        expect_refused(target, std::string(16 * 1'024 + 1, ' '), 413, "body_too_large");
    }
}

// Members that nobody asked for are passed over, as at login.
TEST_F(credential_input, unknown_members_are_ignored) {
    const auto response = server().ask(
        post_json("/sessions/reauthenticate", "{" + proof + R"(,"x":[1,{"password":"y"}]})", with_cookie(cookie_)));
    ASSERT_EQ(response.status, 204);
    cookie_ = cookie_of(response);
}

// X1
TEST_F(credential_input, other_sites_are_refused) {
    const auto other = server().login(alice());
    const auto id = id_of(server(), other);
    for (const header_list& foreign : {header_list{{"Sec-Fetch-Site", "cross-site"}},
                                       header_list{{"Origin", "https://evil.test"}}, header_list{{"Origin", "null"}}}) {
        auto headers = with_cookie(cookie_, foreign);
        for (const auto& request :
             {http_request{"DELETE", "/sessions/" + id, headers, {}}, http_request{"DELETE", "/sessions", headers, {}},
              http_request{"DELETE", "/sessions?all=true", headers, {}},
              post_json("/sessions/reauthenticate", '{' + proof + '}', headers),
              post_json("/password", '{' + change + '}', headers),
              post_form("/sessions/reauthenticate", {{"password", alice().password}}, headers)}) {
            const auto response = server().ask(request);
            expect_problem(response, 403, "cross_site_request");
            EXPECT_EQ(response.count("Set-Cookie"), 0U);
        }
        EXPECT_EQ(server().ask(get("/sessions", headers)).status, 200) << "reading is for everybody";
    }
    EXPECT_EQ(whoami(server(), other), 200);
    const auto own = with_cookie(other, {{"Origin", server().origin()}, {"Sec-Fetch-Site", "same-origin"}});
    EXPECT_EQ(server().ask({"DELETE", "/sessions/" + id, own, {}}).status, 204);
}

// A1
TEST_F(credential_input, no_password_is_logged) {
    const std::string canary = "canary-51c0e2";
    for (const auto& body :
         {R"({"password":")" + canary + "\"}", R"({"password":")" + canary + "\"", "{\"" + canary + "\":1}",
          R"({"current_password":")" + canary + R"(","new_password":")" + canary + "\"}",
          R"({"current_password":"tr0mbone-under-glass","new_password":")" + canary.substr(0, 7) + "\"}"}) {
        for (const std::string target : {"/sessions/reauthenticate", "/password"}) {
            const auto response = server().ask(post_json(target, body, with_cookie(cookie_)));
            EXPECT_GE(response.status, 400);
            EXPECT_EQ(response.body.find(canary), std::string::npos);
        }
    }
    const auto last = server().ask(reauthentication(cookie_, canary))["X-Request-Id"];
    EXPECT_TRUE(server().process().wait_for_output(
        [&](const std::string& text) { return text.find(last) != std::string::npos; }));
    EXPECT_EQ(server().output().find("canary-"), std::string::npos);
    EXPECT_EQ(server().output().find(cookie_), std::string::npos);
}

}  // namespace
}  // namespace latchkey::test
