// What others have published: our signatures and names are theirs.
#include "signing_keys.hpp"
#include "token_signer.hpp"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

namespace latchkey {
namespace {

// J1: RFC 8037 appendix A.4 and A.5
TEST(token_vectors, of_ed25519) {
    const auto key = read_key_text(rfc8037_key);
    ASSERT_TRUE(key) << key.error().message();
    constexpr std::string_view input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    const auto signature =
        octets("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
    EXPECT_TRUE(key->verify(input, signature));
    EXPECT_FALSE(key->verify("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmd", signature));
    EXPECT_EQ(
        make_ed25519_signer(
            secret(std::string_view(
                "\x9d\x61\xb1\x9d\xef\xfd\x5a\x60\xba\x84\x4a\xf4\x92\xec\x2c\xc4\x44\x49\xc5\x69\x7b\x32\x69\x19\x70"
                "\x3b\xac\x03\x1c\xae\x7f\x60")))
            ->sign(input)
            .value(),
        signature);
}

// RFC 8037 appendix A.3, by the rules of RFC 7638
TEST(token_vectors, thumbprints) {
    EXPECT_EQ(read_key_text(rfc8037_key)->id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    // RFC 7638 section 3.1
    EXPECT_EQ(
        thumbprint_of(
            R"({"e":"AQAB","kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"})"),
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

// J1, J5: RFC 7515 appendix A.1
TEST(token_vectors, of_hs256) {
    const auto key =
        read_key_text("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr/T+1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==");
    ASSERT_TRUE(key) << key.error().message();
    constexpr std::string_view input =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const auto signature = octets("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    EXPECT_TRUE(key->verify(input, signature));
    EXPECT_FALSE(key->verify(input.substr(1), signature));
}

evp_pkey rfc7515_public_key() {
    std::vector<std::uint8_t> point{4};
    for (const char* text :
         {"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})
        for (const auto byte : octets(text))
            point.push_back(byte);
    const auto d = octets("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI");
    const big_number number(BN_bin2bn(d.data(), static_cast<int>(d.size()), nullptr));
    const std::unique_ptr<OSSL_PARAM_BLD, openssl_free<OSSL_PARAM_BLD_free>> build(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get());
    const std::unique_ptr<OSSL_PARAM, openssl_free<OSSL_PARAM_free>> parameters(OSSL_PARAM_BLD_to_param(build.get()));
    const evp_pkey_context context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* key = nullptr;
    EVP_PKEY_fromdata_init(context.get());
    EXPECT_EQ(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get()), 1);
    return evp_pkey(key);
}

// J1: RFC 7515 appendix A.3
TEST(token_vectors, of_es256) {
    const auto signer = make_es256_signer(rfc7515_public_key());
    constexpr std::string_view input =
        "eyJhbGciOiJFUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const auto signature =
        octets("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
    EXPECT_TRUE(signer->verify(input, signature));
    EXPECT_FALSE(signer->verify(input.substr(1), signature));
    // It survives a file.
    const auto again = signing_key::read(signer->write());
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_TRUE(again->verify(input, signature));
    EXPECT_EQ(again->id(), signer->id());
}

// Zero, the order, and beyond: for r and for s.
TEST(token_vectors, es256_refuses_what_is_no_number_of_the_group) {
    const auto signer = make_es256_signer(rfc7515_public_key());
    const auto good = signer->sign("input").value();
    ASSERT_TRUE(signer->verify("input", good));
    const std::vector<std::uint8_t> zero(32), most(32, 0xff),
        order = octets("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE");
    for (const auto& bad : {zero, most, order})
        for (const std::size_t at : {0U, 32U}) {
            auto changed = good;
            std::copy(bad.begin(), bad.end(), changed.begin() + static_cast<std::ptrdiff_t>(at));
            EXPECT_FALSE(signer->verify("input", changed));
        }
}

}  // namespace
}  // namespace latchkey
