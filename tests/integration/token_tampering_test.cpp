// J1, J2, J3, J4: verifiers that are not ours take our tokens and refuse every tampered one; our server refuses those,
// and also the ones that others may take because they are only spelt in another way.
#include "token_issuer.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <tuple>

namespace latchkey::test {
namespace {

class tampering : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override { token_ = issuer_.pair_of(alice())["access_token"]; }

    token_issuer issuer_{GetParam()};
    std::string token_;
};

// What may stand in a header field's value without being something else there.
bool is_one_word(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

TEST_P(tampering, is_seen_by_the_server) {
    const auto all = tampered(issuer_, token_);
    EXPECT_GE(all.size(), 400u);
    ASSERT_EQ(issuer_.whoami(token_), 200);
    for (const auto& one : all) {
        const auto status = issuer_.whoami(one.token);
        if (is_one_word(one.token)) {
            EXPECT_EQ(status, 401) << one.name << ": " << one.token;
        } else if (!one.blank || status != 200) {
            EXPECT_THAT(status, testing::AnyOf(400, 401)) << one.name << ": " << one.token;
        }
    }
    EXPECT_EQ(issuer_.whoami(token_), 200);  // nothing of it did any harm to the genuine one
}

// One test for each verifier, so that a missing one shows as a test that was skipped.
class tampering_elsewhere : public testing::TestWithParam<std::tuple<std::string, stock_verifier>> {};

TEST_P(tampering_elsewhere, is_seen_by_stock_verifiers) {
    const auto& [algorithm, judge] = GetParam();
    if (!judge.available())
        GTEST_SKIP() << "no " << judge.name << " here: scripts/setup --test";
    const token_issuer issuer(algorithm);
    const std::string token = issuer.pair_of(alice())["access_token"];
    const auto all = tampered(issuer, token);
    std::vector<std::string> tokens{token};
    for (const auto& one : all)
        tokens.push_back(one.token);
    const auto taken = judge.judge(issuer.terms(), tokens);
    EXPECT_TRUE(taken[0]) << "the genuine one: " << token;
    for (std::size_t i = 0; i < all.size(); ++i)
        EXPECT_FALSE(taken[i + 1] && !all[i].same && !all[i].ours) << all[i].name << ": " << all[i].token;
}

const auto algorithms = testing::Values("EdDSA", "ES256", "HS256");

INSTANTIATE_TEST_SUITE_P(every, tampering, algorithms, [](const auto& one) { return one.param; });
INSTANTIATE_TEST_SUITE_P(every, tampering_elsewhere, testing::Combine(algorithms, testing::ValuesIn(stock_verifiers())),
                         [](const auto& one) { return std::get<0>(one.param) + "_by_" + std::get<1>(one.param).name; });

}  // namespace
}  // namespace latchkey::test
