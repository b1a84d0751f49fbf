// J1 to J4: verifiers that are not ours take our tokens and refuse every tampered one; our server refuses those, and
// also the ones that others may take because they are only spelt in another way.
#include "token_issuer.hpp"

#include <gmock/gmock.h>

#include <algorithm>

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

TEST_P(tampering, is_seen_by_stock_verifiers) {
    const auto all = tampered(issuer_, token_);
    std::vector<std::string> tokens{token_};
    for (const auto& one : all)
        tokens.push_back(one.token);
    const auto terms = issuer_.terms();
    auto judges = stock_verifiers();
    std::erase_if(judges, [](const stock_verifier& one) { return !one.available(); });
    if (judges.empty())
        GTEST_SKIP() << "neither PyJWT nor jose here: scripts/setup --test";
    for (const auto& judge : judges) {
        SCOPED_TRACE(judge.name);
        const auto taken = judge.judge(terms, tokens);
        EXPECT_TRUE(taken[0]) << "the genuine one: " << token_;
        for (std::size_t i = 0; i < all.size(); ++i)
            EXPECT_FALSE(taken[i + 1] && !all[i].same && !all[i].ours) << all[i].name << ": " << all[i].token;
    }
}

INSTANTIATE_TEST_SUITE_P(every, tampering, testing::Values("EdDSA", "ES256", "HS256"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace latchkey::test
