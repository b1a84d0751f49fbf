// docs/examples/haproxy: HAProxy checks ES256 tokens by itself and refuses those of ended sessions as its companion
// tells it; without word from there it refuses everybody.
#include "haproxy_process.hpp"
#include "header_echo_upstream.hpp"
#include "token_gate.hpp"

#include <gmock/gmock.h>

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class example_haproxy : public testing::Test {
protected:
    void SetUp() override {
        if (haproxy_program().empty())
            GTEST_SKIP() << "no HAProxy here";
        latchkey_ = std::make_unique<token_issuer>("ES256");
        const auto key = run({"/usr/bin/openssl", "pkey", "-in", latchkey_->key_file(), "-pubout"}).output;
        gate_ = std::make_unique<haproxy_gate>(latchkey_->server().origin(), key, app_.port());
    }
    std::string token() const { return latchkey_->pair_of(alice())["access_token"]; }

    header_echo_upstream app_;
    std::unique_ptr<token_issuer> latchkey_;
    std::unique_ptr<haproxy_gate> gate_;
};

TEST_F(example_haproxy, lets_in_and_refuses_after_logout) {
    gate_->follow();
    const auto cookie = latchkey_->server().login(alice());
    const auto ended = latchkey_->token_of(cookie);
    const auto living = token();
    ASSERT_TRUE(gate_->comes_to(200, ended));
    EXPECT_EQ(gate_->status({}), 401);
    EXPECT_EQ(gate_->status(with_cookie(cookie)), 401);
    EXPECT_EQ(gate_->status({{"Authorization", "Bearer " + living}, {"Authorization", "Bearer " + living}}), 400);
    latchkey_->logout(cookie);
    EXPECT_TRUE(gate_->comes_to(401, ended));
    EXPECT_EQ(gate_->with(living), 200);
    gate_->restart();  // it has forgotten what had ended
    EXPECT_TRUE(gate_->comes_to(200, living));
    EXPECT_EQ(gate_->with(ended), 401);
}

TEST_F(example_haproxy, tells_the_application_who_it_is) {
    gate_->follow();
    const auto good = token();
    ASSERT_TRUE(gate_->comes_to(200, good));
    app_.take_seen();
    EXPECT_EQ(gate_->status({{"Authorization", "Bearer " + good}, {"Remote-User", "root"}, {"Remote_User", "root"}}),
              200);
    const auto seen = app_.take_seen();
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_THAT(seen[0], HasSubstr("remote-user: "));
    EXPECT_THAT(seen[0], HasSubstr("remote-session: "));
    EXPECT_THAT(seen[0], Not(HasSubstr("root")));
    EXPECT_THAT(seen[0], Not(HasSubstr(good)));
}

TEST_F(example_haproxy, refuses_everybody_without_word_of_what_has_ended) {
    const auto good = token();
    EXPECT_EQ(gate_->with(good), 503);
    gate_->follow(2);
    EXPECT_TRUE(gate_->comes_to(200, good));
    gate_->stop_following();
    EXPECT_TRUE(gate_->comes_to(503, good));
}

TEST_F(example_haproxy, refuses_tampered_tokens) {
    gate_->follow();
    const auto good = token();
    ASSERT_TRUE(gate_->comes_to(200, good));
    for (const auto& one : tampered(*latchkey_, good))
        if (!one.same && !one.ours && !one.blank && one.token.find_first_of("\r\n") == std::string::npos) {
            EXPECT_THAT(gate_->with(one.token), testing::AnyOf(400, 401)) << one.name << ": " << one.token;
        }
    EXPECT_EQ(gate_->with(good), 200);
}

}  // namespace
}  // namespace latchkey::test
