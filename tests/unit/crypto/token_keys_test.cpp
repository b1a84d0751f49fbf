#include "token_keys.hpp"

#include "compact_jws.hpp"
#include "mac.hpp"
#include "signing_keys.hpp"
#include "token_signer.hpp"

namespace latchkey {
namespace {

std::string encoded(std::string_view json) {
    return open_base64url(bytes_of(json));
}

TEST(token_keys, signs_with_the_current_and_knows_all_three) {
    auto current = signing_key::generate(token_algorithm::ed25519),
         next = signing_key::generate(token_algorithm::es256),
         retiring = signing_key::generate(token_algorithm::ed25519);
    const std::string headers[]{std::string(current.header()), std::string(next.header()),
                                std::string(retiring.header())};
    const auto stranger = signing_key::generate(token_algorithm::ed25519);
    const token_keys keys(std::move(current), std::move(next), std::move(retiring));
    for (const auto& header : headers) {
        ASSERT_NE(keys.by_header(header), nullptr);
        EXPECT_EQ(keys.by_header(header)->header(), header);
    }
    EXPECT_EQ(keys.by_header(stranger.header()), nullptr);
    const auto jws = compact_jws::make(keys.sign("{}").value()).value();
    EXPECT_EQ(jws.header(), headers[0]);
    EXPECT_TRUE(keys.by_header(jws.header())->verify(jws.signing_input(), jws.signature()));
}

// J1, J2; libjwt CVE-2026-44699: whatever a header says beside what ours say, no key answers to it.
TEST(token_keys, answer_to_no_header_but_their_own) {
    const token_keys keys(signing_key::generate(token_algorithm::ed25519), std::nullopt, std::nullopt);
    const std::string kid(keys.current().id());
    const auto with = [&](std::string_view alg, std::string_view id, std::string_view typ, std::string_view more = "") {
        return encoded(R"({"alg":")" + std::string(alg) + R"(","kid":")" + std::string(id) + R"(","typ":")" +
                       std::string(typ) + '"' + std::string(more) + '}');
    };
    ASSERT_NE(keys.by_header(with("EdDSA", kid, "at+jwt")), nullptr);
    for (const char* alg :
         {"none", "None", "NONE", "", "HS256", "ES256", "RS256", "PS256", "EdDSA ", "eddsa", "Ed25519"})
        EXPECT_EQ(keys.by_header(with(alg, kid, "at+jwt")), nullptr) << alg;
    for (const char* id : {"", "x", "../../dev/null", "' or 1=1", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"})
        EXPECT_EQ(keys.by_header(with("EdDSA", id, "at+jwt")), nullptr) << id;
    for (const char* typ : {"JWT", "jwt", "AT+JWT", "application/at+jwt", "dpop+jwt", ""})
        EXPECT_EQ(keys.by_header(with("EdDSA", kid, typ)), nullptr) << typ;
    for (const char* more : {R"(,"jku":"https://evil.example/keys")", R"(,"jwk":{"kty":"OKP"})",
                             R"(,"x5u":"https://e")", R"(,"x5c":["MII"])", R"(,"crit":["exp"])", R"(,"crit":[])",
                             R"(,"b64":false)", R"(,"zip":"DEF")", R"(,"cty":"JWT")", R"(,"alg":"none")", " "})
        EXPECT_EQ(keys.by_header(with("EdDSA", kid, "at+jwt", more)), nullptr) << more;
    EXPECT_EQ(keys.by_header(encoded(R"({"typ":"at+jwt","alg":"EdDSA","kid":")" + kid + "\"}")), nullptr);
    EXPECT_EQ(keys.by_header(encoded(R"({"alg":"EdDSA","typ":"at+jwt"})")), nullptr);
    EXPECT_EQ(keys.by_header(""), nullptr);
    EXPECT_EQ(keys.by_header(std::string(keys.current().header()) + "="), nullptr);
    EXPECT_EQ(keys.by_header(keys.current().header().substr(1)), nullptr);
}

// J1: a token signed by HMAC with the published key as the secret.
TEST(token_keys, a_public_key_is_no_secret) {
    auto ours = read_key_text(rfc8037_key).value();
    const auto forger = make_hs256_signer(secret("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
    const std::string input = std::string(ours.header()) + ".e30";
    const auto forged = compact_jws::make(input + '.' + open_base64url(forger->sign(input).value())).value();
    const token_keys keys(std::move(ours));
    const auto* key = keys.by_header(forged.header());
    ASSERT_NE(key, nullptr);
    EXPECT_FALSE(key->verify(forged.signing_input(), forged.signature()));
}

// J7
TEST(token_keys, publish_each_public_key_once) {
    auto current = signing_key::generate(token_algorithm::ed25519);
    auto same = signing_key::read(current.write()).value();
    const std::string jwk = current.public_jwk();
    auto retiring = signing_key::generate(token_algorithm::es256);
    const std::string other = retiring.public_jwk();
    const token_keys keys(std::move(current), std::move(same), std::move(retiring));
    EXPECT_EQ(keys.jwks(), R"({"keys":[)" + jwk + ',' + other + "]}");
}

// J7
TEST(token_keys, publish_nothing_of_shared_keys) {
    const token_keys keys(signing_key::generate(token_algorithm::hs256), signing_key::generate(token_algorithm::hs256),
                          signing_key::generate(token_algorithm::ed25519));
    EXPECT_EQ(keys.jwks().find("HS256"), std::string::npos);
    EXPECT_EQ(token_keys(signing_key::generate(token_algorithm::hs256)).jwks(), R"({"keys":[]})");
}

}  // namespace
}  // namespace latchkey
