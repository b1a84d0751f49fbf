// Behind every token stands a session like any other: the same throttle, the same cap. And whoever there may be gets
// one: the largest user beside the most claims (J4).
#include "expectations.hpp"
#include "throttle_calls.hpp"
#include "token_key.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <regex>

namespace latchkey::test {
namespace {

using ::testing::HasSubstr;

class token_session : public ::testing::Test {
protected:
    server_setup with_tokens(server_setup setup = {}) const {
        make_token_key(keys_ / "key.pem");
        setup.config["tokens.enabled"] = "true";
        setup.config["tokens.key_file"] = '"' + (keys_ / "key.pem") + '"';
        return setup;
    }
    static http_request grant(const test_user& user, header_list headers = {}) {
        return post_form("/token", {{"grant_type", "password"}, {"username", user.email}, {"password", user.password}},
                         std::move(headers));
    }
    static http_request refresh(const std::string& token) {
        return post_form("/token", {{"grant_type", "refresh_token"}, {"refresh_token", token}});
    }
    static header_list bearer(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }
    static nlohmann::json pair_of(const latchkey_server& server, const test_user& user) {
        const auto response = server.ask(grant(user));
        EXPECT_EQ(response.status, 200) << response.body;
        return json_of(response);
    }
    static void expect_throttled_grant(const http_response& response) {
        EXPECT_EQ(response.status, 429);
        EXPECT_EQ(json_of(response)["error"], "too_many_attempts");
        EXPECT_GT(std::stoi("0" + response["Retry-After"]), 0);
    }

    temp_dir keys_;
};

// L4: one door, whichever way somebody comes.
TEST_F(token_session, guesses_are_counted_together_with_those_at_the_login) {
    const latchkey_server server(with_tokens(throttled({{"per_pair", "3/1h"}})));
    const visitor here{"192.0.2.1", ""}, there{"192.0.2.2", ""};
    fail(server, here, alice().email, 3);
    expect_throttled_grant(server.ask(grant(alice(), here.headers())));
    EXPECT_EQ(server.ask(grant(alice(), there.headers())).status, 200);

    auto wrong = bob();
    wrong.password = "wrong";
    for (int i = 0; i < 3; ++i) {
        const auto refused = server.ask(grant(wrong, here.headers()));
        EXPECT_EQ(refused.status, 400);
        EXPECT_EQ(json_of(refused)["error"], "invalid_grant");
    }
    expect_throttled(server.ask(guess(here, bob().email, bob().password)));
    EXPECT_EQ(server.ask(guess(there, bob().email, bob().password)).status, 200);
}

// V5
TEST_F(token_session, counts_for_the_cap) {
    server_setup setup;
    setup.config["session.max_per_user"] = "2";
    const latchkey_server server(with_tokens(setup));
    const auto cookie = server.login(alice());
    const auto first = pair_of(server, alice());
    EXPECT_EQ(whoami(server, cookie), 200);
    const auto second = pair_of(server, alice());
    EXPECT_EQ(whoami(server, cookie), 401) << "the oldest of three";
    const auto listed = server.ask(get("/sessions", bearer(second["access_token"])));
    EXPECT_EQ(json_of(listed)["sessions"].size(), 2U);
    server.login(alice());
    EXPECT_EQ(server.ask(get("/sessions/whoami", bearer(first["access_token"]))).status, 401);
    EXPECT_EQ(server.ask(refresh(first["refresh_token"])).status, 400);
    EXPECT_EQ(server.ask(refresh(second["refresh_token"])).status, 200);
}

// 254 bytes.
std::string longest_email() {
    const std::string label(60, 'd');
    return std::string(67, 'l') + '@' + label + '.' + label + '.' + label + ".dev";
}

TEST_F(token_session, the_largest_user_beside_the_most_claims_has_tokens) {
    auto largest = alice();
    largest.email = longest_email();
    ASSERT_EQ(largest.email.size(), 254U);
    largest.name = std::string(128, '"');
    largest.groups.clear();
    for (int i = 0; i < 64; ++i)
        largest.groups += (i > 0 ? "," : "") + std::string(62, 'g') + std::to_string(10 + i);
    server_setup setup;
    setup.start = false;
    setup.users = {largest};
    setup.config["access.rules"] = "[{paths = ['/*'], policy = 'authenticated', bearer = true}]";
    setup = with_tokens(setup);
    latchkey_server server(setup);
    const auto base = read_whole_file(server.config_file());
    const auto configure = [&](std::size_t bytes) {  // of claims
        const std::string frame = R"(,"fill":"")";
        write_file(server.config_file(),
                   base + "\n[tokens.claims]\nfill = '" + std::string(bytes - frame.size(), 'x') + "'\n");
        return server.command({"config", "check"});
    };
    // What does not fit is refused, with how much does.
    const auto refused = configure(2'000);
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.errors, HasSubstr("tokens.claims"));
    std::smatch found;
    ASSERT_TRUE(std::regex_search(refused.errors, found, std::regex("has (\\d+) bytes left"))) << refused.errors;
    const auto room = static_cast<std::size_t>(std::stoul(found[1]));
    EXPECT_EQ(configure(room + 1).status, 2);
    ASSERT_EQ(configure(room).status, 0);
    server.start();

    auto pair = pair_of(server, largest);
    EXPECT_GT(pair["access_token"].get<std::string>().size(), 8'000U);
    EXPECT_EQ(server.ask(get("/sessions/whoami", bearer(pair["access_token"]))).status, 200);
    pair = json_of(server.ask(refresh(pair["refresh_token"])));
    EXPECT_EQ(server.ask(get("/sessions/whoami", bearer(pair["access_token"]))).status, 200);
    const auto cookie = server.login(largest);
    const auto own = server.ask({"POST", "/sessions/token", with_cookie(cookie), {}});
    ASSERT_EQ(own.status, 200) << own.body;
    EXPECT_EQ(server.ask(get("/sessions/whoami", bearer(json_of(own)["access_token"]))).status, 200);
    const auto checked = server.ask(
        get("/api/authz/auth-request", with_cookie(cookie, {{"X-Original-URL", server.origin() + "/things"}})));
    EXPECT_EQ(checked.status, 200);
    EXPECT_GT(checked["Authorization"].size(), 8'000U);
    EXPECT_LE(checked["Authorization"].size(), 8'192U + std::string_view("Bearer ").size());
}

}  // namespace
}  // namespace latchkey::test
