#include "signing_key.hpp"

#include "compact_jws.hpp"
#include "key_fault.hpp"
#include "signing_keys.hpp"

#include <set>

namespace latchkey {
namespace {

constexpr std::string_view claims = R"({"iss":"https://auth.example.com","sub":"ada"})";

class each_algorithm : public testing::TestWithParam<token_algorithm> {};
INSTANTIATE_TEST_SUITE_P(signing_key, each_algorithm, testing::ValuesIn(all_token_algorithms),
                         [](const auto& each) { return std::string(name_of(each.param)); });

TEST_P(each_algorithm, survives_its_file) {
    const auto key = signing_key::generate(GetParam());
    const auto again = signing_key::read(key.write());
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(again->algorithm(), GetParam());
    EXPECT_EQ(again->id(), key.id());
    EXPECT_EQ(again->header(), key.header());
    EXPECT_EQ(again->write().reveal(), key.write().reveal());
    const auto token = key.sign(claims).value();
    const auto jws = compact_jws::make(token);
    ASSERT_TRUE(jws);
    EXPECT_TRUE(again->verify(jws->signing_input(), jws->signature()));
    EXPECT_EQ(jws->payload(), claims);
}

TEST_P(each_algorithm, has_one_header) {
    const auto key = signing_key::generate(GetParam());
    const auto bytes = octets(key.header());
    EXPECT_EQ(std::string(bytes.begin(), bytes.end()), R"({"alg":")" + std::string(name_of(GetParam())) +
                                                           R"(","kid":")" + std::string(key.id()) +
                                                           R"(","typ":"at+jwt"})");
}

// J4, J5: no byte of a token can be another.
TEST_P(each_algorithm, notices_every_changed_byte) {
    const auto key = signing_key::generate(GetParam());
    const auto token = key.sign(claims).value();
    for (std::size_t at = 0; at < token.size(); ++at)
        for (const char other : std::string_view("A.-_a9 =\n\0~\xc3", 12)) {
            if (token[at] == other)
                continue;
            auto changed = token;
            changed[at] = other;
            const auto jws = compact_jws::make(changed);
            EXPECT_FALSE(jws && jws->header() == key.header() && key.verify(jws->signing_input(), jws->signature()))
                << at << ' ' << changed;
        }
    const auto jws = compact_jws::make(token).value();
    for (std::size_t size = 0; size <= 128; ++size) {
        std::vector<std::uint8_t> other(jws.signature().begin(), jws.signature().end());
        if (size == other.size())
            continue;
        other.resize(size);
        EXPECT_FALSE(key.verify(jws.signing_input(), other)) << size;
    }
}

// J1
TEST_P(each_algorithm, knows_no_other_keys_tokens) {
    const auto key = signing_key::generate(GetParam());
    for (const auto algorithm : all_token_algorithms) {
        const auto jws = compact_jws::make(signing_key::generate(algorithm).sign(claims).value()).value();
        EXPECT_FALSE(key.verify(jws.signing_input(), jws.signature()));
    }
}

// J7: of a key only its public parts are shown.
TEST_P(each_algorithm, publishes_no_secret) {
    const auto jwk = signing_key::generate(GetParam()).public_jwk();
    EXPECT_EQ(jwk.empty(), GetParam() == token_algorithm::hs256);
    EXPECT_EQ(jwk.find("\"d\""), std::string::npos);
    EXPECT_EQ(jwk.find("\"k\""), std::string::npos);
}

TEST_P(each_algorithm, makes_new_keys) {
    std::set<std::string> names;
    for (int i = 0; i < 20; ++i)
        names.emplace(signing_key::generate(GetParam()).id());
    EXPECT_EQ(names.size(), 20U);
}

TEST_P(each_algorithm, makes_no_token_that_it_would_not_read) {
    const auto key = signing_key::generate(GetParam());
    EXPECT_FALSE(key.sign(""));
    bool was_read = true;
    for (std::size_t size = 5'900; size < 6'200; ++size) {
        const auto token = key.sign(std::string(size, 'x'));
        EXPECT_TRUE(was_read || !token);
        was_read = token.has_value();
        if (token) {
            EXPECT_TRUE(compact_jws::make(*token));
        }
    }
    EXPECT_FALSE(was_read);
    EXPECT_TRUE(key.sign(std::string(signing_key::largest_payload, 'x')));
    EXPECT_EQ(key.sign(std::string(signing_key::largest_payload + 1, 'x')).error(), errc::token_too_large);
    EXPECT_EQ(key.sign(std::string(1'000'000, 'x')).error(), errc::token_too_large);
}

TEST(signing_key, publishes_what_others_check_with) {
    EXPECT_EQ(read_key_text(rfc8037_key)->public_jwk(),
              R"({"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",)"
              R"("alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","use":"sig"})");
}

}  // namespace
}  // namespace latchkey
