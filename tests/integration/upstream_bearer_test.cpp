// bearer = true: the application behind a real nginx gets an access token of this session, and never a client's own.
#include "expectations.hpp"
#include "free_port.hpp"
#include "header_echo_upstream.hpp"
#include "nginx_process.hpp"
#include "token_key.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <regex>

namespace latchkey::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The value of Authorization in a request as it reached the application; "none" without one.
std::string authorization_of(const std::string& request) {
    static const std::regex line("\r\nAuthorization: ([^\r]*)\r\n");
    std::smatch found;
    return std::regex_search(request, found, line) ? found[1].str() : "none";
}

TEST(upstream_bearer, comes_through_nginx) {
    if (!nginx_kind().available())
        GTEST_SKIP() << "no nginx here";
    const temp_dir keys;
    make_token_key(keys / "key.pem");
    const auto front = free_port();
    server_setup setup;
    setup.config["server.public_url"] = "\"http://127.0.0.1:" + std::to_string(front) + '"';
    setup.config["tokens.enabled"] = "true";
    setup.config["tokens.key_file"] = '"' + (keys / "key.pem") + '"';
    const std::string introspection_token = "wd7Zq3vN9xLm2RkT5wYb8HcD4sFg6Jp1Ae";
    write_file(keys / "introspection", introspection_token + "\n");
    std::filesystem::permissions(keys / "introspection", std::filesystem::perms::owner_read);
    setup.config["tokens.introspection_token_file"] = '"' + (keys / "introspection") + '"';
    setup.config["access.rules"] =
        "[{paths = ['/api/*'], policy = 'authenticated', bearer = true}, {paths = ['/open'], policy = 'allow'}]";
    const latchkey_server server(setup);
    header_echo_upstream app;
    const auto proxy = start_nginx({front, server.port(), app.port()},
                                   {{"proxy_set_header Remote-User    $auth_user;",
                                     "proxy_set_header Remote-User    $auth_user;\nauth_request_set $auth_bearer "
                                     "$upstream_http_authorization;\nproxy_set_header Authorization $auth_bearer;"}});
    const auto cookie = server.login(alice());
    const auto seen_of = [&](const std::string& path, header_list headers) {
        headers.emplace_back("Authorization", "Bearer forged");
        auto client = proxy->connect();
        const auto response = client.ask({"GET", path, std::move(headers), {}});
        EXPECT_EQ(response.status, 200) << path;
        const auto seen = app.take_seen();
        return seen.empty() ? std::string() : authorization_of(seen.front());
    };
    const auto minted = seen_of("/api/things", with_cookie(cookie));
    ASSERT_THAT(minted, HasSubstr("Bearer ey"));
    EXPECT_EQ(seen_of("/api/more", with_cookie(cookie)), minted);  // one for many requests
    // It proves who came, and opens nothing: neither here nor, by way of the proxy, another application.
    const auto who = json_of(server.ask(post_form("/token/introspect", {{"token", minted.substr(7)}},
                                                  {{"Authorization", "Bearer " + introspection_token}})));
    EXPECT_EQ(who["active"], true);
    EXPECT_EQ(who["token_use"], "upstream");
    EXPECT_EQ(who["email"], alice().email);
    EXPECT_EQ(who["sid"], json_of(server.ask(get("/sessions/whoami", with_cookie(cookie))))["id"]);
    expect_problem(server.ask(get("/sessions/whoami", {{"Authorization", minted}})), 401, "no_session");
    {
        auto application = proxy->connect();
        const auto relayed = application.ask(get("/api/things", {{"Authorization", minted}}));
        EXPECT_NE(relayed.status, 200);
        EXPECT_TRUE(app.take_seen().empty());
    }
    EXPECT_THAT(seen_of("/elsewhere", with_cookie(cookie)), Not(HasSubstr("Bearer")));
    EXPECT_THAT(seen_of("/open", {}), Not(HasSubstr("Bearer")));

    // A client's own access token lets it in, too, and the application gets one of the same session.
    const auto pair = json_of(server.ask(
        post_form("/token", {{"grant_type", "password"}, {"username", bob().email}, {"password", bob().password}})));
    const std::string own = "Bearer " + pair["access_token"].get<std::string>();
    auto client = proxy->connect();
    EXPECT_EQ(client.ask({"GET", "/api/things", {{"Authorization", own}}, {}}).status, 200);
    const auto seen = app.take_seen();
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_THAT(seen[0], HasSubstr("\r\nRemote-Email: " + bob().email));
    EXPECT_THAT(authorization_of(seen[0]), HasSubstr("Bearer ey"));
    // And not after its end.
    ASSERT_EQ(server.ask(post_form("/token/revoke", {{"token", pair["refresh_token"]}})).status, 200);
    EXPECT_NE(client.ask({"GET", "/api/things", {{"Authorization", own}}, {}}).status, 200);
    EXPECT_TRUE(app.take_seen().empty());
}

}  // namespace
}  // namespace latchkey::test
