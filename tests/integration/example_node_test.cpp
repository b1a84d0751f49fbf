// docs/examples/node: a service that checks tokens by itself lets people in, refuses them after their logout, and
// refuses everybody when it cannot know.
#include "token_gate.hpp"

#include <gmock/gmock.h>

namespace latchkey::test {
namespace {

class example_node : public testing::Test {
protected:
    void SetUp() override {
        if (!node_available())
            GTEST_SKIP() << no_node;
    }
};

class example_node_with : public example_node, public testing::WithParamInterface<std::string> {};

TEST_P(example_node_with, lets_in_and_refuses_after_logout) {
    const token_issuer latchkey(GetParam());
    const node_gate service(latchkey.server().origin(), GetParam());
    const auto cookie = latchkey.server().login(alice());
    const auto token = latchkey.token_of(cookie);
    const auto other = latchkey.token_of(latchkey.server().login(alice()));
    ASSERT_TRUE(service.comes_to(200, token));
    EXPECT_EQ(service.status({}), 401);
    EXPECT_EQ(service.status({{"Authorization", "Basic " + token}}), 401);
    EXPECT_EQ(service.status({{"Authorization", "Bearer " + token}, {"Authorization", "Bearer " + token}}), 401);
    EXPECT_EQ(service.status(with_cookie(cookie)), 401);
    latchkey.logout(cookie);
    EXPECT_TRUE(service.comes_to(401, token));
    EXPECT_EQ(service.with(other), 200);
}

INSTANTIATE_TEST_SUITE_P(every, example_node_with, testing::Values("EdDSA", "ES256"),
                         [](const auto& one) { return one.param; });

TEST_F(example_node, hears_of_ends_while_latchkey_or_it_was_away) {
    token_issuer latchkey("EdDSA");
    const auto pair = latchkey.pair_of(alice());
    const auto living = latchkey.pair_of(bob());
    const std::string token = pair["access_token"], other = living["access_token"];
    const node_gate service(latchkey.server().origin(), "EdDSA", 2000);
    ASSERT_TRUE(service.comes_to(200, token));
    EXPECT_EQ(latchkey.server().ask(post_form("/token/revoke", {{"token", pair["refresh_token"]}})).status, 200);
    latchkey.server().kill();
    EXPECT_TRUE(service.comes_to(503, other));
    EXPECT_NE(service.with(token), 200);
    latchkey.server().start();
    EXPECT_TRUE(service.comes_to(200, other));
    EXPECT_EQ(service.with(token), 401);
    const node_gate newcomer(latchkey.server().origin(), "EdDSA");
    EXPECT_TRUE(newcomer.comes_to(200, other));
    EXPECT_EQ(newcomer.with(token), 401);
}

TEST_F(example_node, refuses_everybody_while_latchkey_is_silent) {
    const fake_issuer issuer("EdDSA");
    const node_gate service(issuer.origin(), "EdDSA", 1000);
    const std::string token = issuer.post("/token")["access_token"];
    ASSERT_TRUE(service.comes_to(200, token));
    issuer.post("/mute");
    EXPECT_TRUE(service.comes_to(503, token));
    issuer.post("/speak");
    EXPECT_TRUE(service.comes_to(200, token));
}

TEST_F(example_node, hears_of_ends_while_the_feed_was_broken) {
    const fake_issuer issuer("EdDSA");
    const node_gate service(issuer.origin(), "EdDSA");
    const auto ended = issuer.post("/token"), living = issuer.post("/token");
    ASSERT_TRUE(service.comes_to(200, ended["access_token"]));
    issuer.post("/drop");
    issuer.post("/end?sid=" + std::string(ended["sid"]));
    EXPECT_TRUE(service.comes_to(401, ended["access_token"]));
    EXPECT_EQ(service.with(living["access_token"]), 200);
}

TEST_F(example_node, refuses_all_older_tokens_after_a_gap) {
    const fake_issuer issuer("EdDSA");
    const node_gate service(issuer.origin(), "EdDSA");
    const auto ended = issuer.post("/token");
    ASSERT_TRUE(service.comes_to(200, ended["access_token"]));
    issuer.post("/end-untold?sid=" + std::string(ended["sid"]));
    EXPECT_TRUE(service.comes_to(401, ended["access_token"]));
}

}  // namespace
}  // namespace latchkey::test
