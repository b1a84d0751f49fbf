// docs/openapi.yaml holds for the token endpoints of the running server, too.
#include "expectations.hpp"
#include "latchkey_server.hpp"
#include "openapi_document.hpp"
#include "token_key.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace latchkey::test {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class openapi_tokens : public testing::Test {
protected:
    server_setup setup() {
        make_token_key(keys_ / "key.pem", "ES256");
        write_file(keys_ / "callers", callers_ + "\n");
        std::filesystem::permissions(keys_ / "callers", std::filesystem::perms::owner_read);
        server_setup out;
        out.config["tokens.enabled"] = "true";
        out.config["tokens.algorithm"] = "\"ES256\"";
        out.config["tokens.key_file"] = '"' + (keys_ / "key.pem") + '"';
        out.config["tokens.introspection_token_file"] = '"' + (keys_ / "callers") + '"';
        out.config["tokens.claims"] = "{tenant = 'x', level = 3}";
        out.config["throttle.per_pair"] = "\"3/1h\"";
        out.config["access.rules"] =
            "[{paths = ['/api/*'], policy = 'authenticated', bearer = true}, {paths = ['/*'], policy = "
            "'authenticated'}]";
        return out;
    }

    http_response expect(int status, const http_request& request, std::string path = {}) const {
        SCOPED_TRACE(request.method + ' ' + request.target + ' ' + request.body);
        if (path.empty())
            path = request.target;
        const auto response = server_.ask(request);
        EXPECT_EQ(response.status, status) << response.body;
        EXPECT_THAT(document_.faults(request.method, path, response), IsEmpty()) << response.body;
        return response;
    }
    static http_request grant(const test_user& who) {
        return post_form("/token", {{"grant_type", "password"}, {"username", who.email}, {"password", who.password}});
    }
    http_request question(const std::string& token) const {
        return post_form("/token/introspect", {{"token", token}}, bearer(callers_));
    }
    static header_list bearer(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }

    const openapi_document document_;
    const std::string callers_ = "wd7Zq3vN9xLm2RkT5wYb8HcD4sFg6Jp1Ae";
    temp_dir keys_;
    const latchkey_server server_{setup()};
};

TEST_F(openapi_tokens, grants) {
    const auto pair = json_of(expect(200, grant(alice())));
    expect(200, post_form("/token", {{"grant_type", "refresh_token"}, {"refresh_token", pair["refresh_token"]}}));
    expect(400, post_form("/token", {{"grant_type", "refresh_token"}, {"refresh_token", "x"}}));
    expect(400, post_form("/token", {{"grant_type", "client_credentials"}}));
    expect(400, post_form("/token", {}));
    expect(415, post_json("/token", "{}"));
    auto wrong = bob();
    wrong.password = "wrong";
    for (int i = 0; i < 3; ++i)
        expect(400, grant(wrong));
    expect(429, grant(wrong));

    const auto cookie = server_.login(alice());
    expect(200, {"POST", "/sessions/token", with_cookie(cookie), {}});
    expect(401, {"POST", "/sessions/token", {}, {}});
    expect(403, {"POST", "/sessions/token", with_cookie(cookie, {{"Origin", "https://evil.test"}}), {}});
}

TEST_F(openapi_tokens, what_tokens_open_and_stand_for) {
    const auto pair = json_of(expect(200, grant(alice())));
    const std::string access = pair["access_token"];
    expect(200, get("/sessions/whoami", bearer(access)));
    EXPECT_THAT(expect(401, get("/sessions/whoami", bearer("x")))["WWW-Authenticate"], HasSubstr("invalid_token"));
    const header_list url{{"X-Original-URL", server_.origin() + "/api/x"}};
    auto headers = url;
    headers.emplace_back("Authorization", "Bearer " + access);
    const auto checked = expect(200, get("/api/authz/auth-request", headers));
    const auto minted = checked["Authorization"].substr(std::string_view("Bearer ").size());

    auto told = json_of(expect(200, question(access)));
    EXPECT_EQ(told["tenant"], "x");
    EXPECT_EQ(told["level"], 3);
    EXPECT_EQ(told["nbf"], told["iat"]);
    EXPECT_EQ(told["amr"], json::array({"pwd"}));
    EXPECT_FALSE(told.contains("token_use"));
    EXPECT_EQ(json_of(expect(200, question(minted)))["token_use"], "upstream");
    EXPECT_EQ(json_of(expect(200, question(pair["refresh_token"])))["token_type"], "refresh_token");
    EXPECT_EQ(json_of(expect(200, question("x"))), json({{"active", false}}));
    expect(400, post_form("/token/introspect", {}, bearer(callers_)));
    expect(401, post_form("/token/introspect", {{"token", access}}));
    expect(415, post_json("/token/introspect", "{}", bearer(callers_)));

    expect(200, post_form("/token/revoke", {{"token", pair["refresh_token"]}}));
    expect(200, post_form("/token/revoke", {{"token", "x"}}));
    expect(400, post_form("/token/revoke", {}));
    EXPECT_EQ(json_of(expect(200, question(access))), json({{"active", false}}));
}

TEST_F(openapi_tokens, what_anybody_may_read) {
    EXPECT_EQ(json_of(expect(200, get("/.well-known/jwks.json")))["keys"].size(), 1U);
    expect(200, get("/.well-known/oauth-authorization-server"));
    const auto pair = json_of(expect(200, grant(alice())));
    expect(200, post_form("/token/revoke", {{"token", pair["refresh_token"]}}));
    const auto list = expect(200, get("/revocations"));
    EXPECT_EQ(json_of(list)["revoked"].size(), 1U);
    expect(304, get("/revocations", {{"If-None-Match", list["ETag"]}}));
}

}  // namespace
}  // namespace latchkey::test
