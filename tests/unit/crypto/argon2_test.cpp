#include "argon2.hpp"

#include "phc.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace latchkey {
namespace {

constexpr argon2_parameters cheap{64 * 1024, 1};

secret text(std::string_view s) {
    return secret(s);
}

bool opens(std::string_view password, const std::string& phc) {
    return verify_password(text(password), phc, cheap).value().matches;
}

// P3: the default is OWASP's floor, written as a PHC string.
TEST(Argon2, HashesWithTheDefaults) {
    const std::string phc = hash_password(text("correct horse"), {}).value();
    EXPECT_TRUE(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << phc;
    EXPECT_EQ(parse_phc(phc).value(), (phc_parameters{19456, 2, 1, 16, 32}));
    const auto checked = verify_password(text("correct horse"), phc, {});
    ASSERT_TRUE(checked);
    EXPECT_TRUE(checked->matches);
    EXPECT_FALSE(checked->needs_rehash);
}

TEST(Argon2, SaltsEveryHash) {
    EXPECT_NE(hash_password(text("x"), cheap).value(), hash_password(text("x"), cheap).value());
}

// Vectors of the argon2 reference implementation's own test suite: hashes made elsewhere stay good, lanes included.
TEST(Argon2, AgreesWithTheReferenceImplementation) {
    EXPECT_TRUE(
        opens("password", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"));
    EXPECT_TRUE(
        opens("password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"));
    EXPECT_FALSE(
        opens("passwore", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"));
}

// P1: exact bytes, to the last one.
TEST(Argon2, NeitherCutsNorFolds) {
    const std::string long_one(1024, 'a');
    const std::string phc = hash_password(text(long_one), cheap).value();
    EXPECT_TRUE(opens(long_one, phc));
    EXPECT_FALSE(opens(std::string(1023, 'a') + "b", phc));
    EXPECT_FALSE(opens(std::string(1023, 'a'), phc));
    EXPECT_FALSE(opens(std::string(1025, 'a'), phc));

    const std::string odd("P\0ss\xff \xc3\xa4", 8);
    const std::string odd_phc = hash_password(text(odd), cheap).value();
    EXPECT_TRUE(opens(odd, odd_phc));
    EXPECT_FALSE(opens("P", odd_phc));
    EXPECT_FALSE(opens(std::string("p\0ss\xff \xc3\xa4", 8), odd_phc));
    EXPECT_FALSE(opens(std::string("P\0ss\xff a\xcc\x88", 9), odd_phc));

    const std::string empty_phc = hash_password(secret(), cheap).value();
    EXPECT_TRUE(opens("", empty_phc));
    EXPECT_FALSE(opens(std::string_view("\0", 1), empty_phc));
}

// P3: any parameter that differs asks for a new hash, a wrong password never does.
TEST(Argon2, AsksForRehash) {
    const std::string phc = hash_password(text("pw"), cheap).value();
    const auto needs = [&](argon2_parameters today) { return verify_password(text("pw"), phc, today)->needs_rehash; };
    EXPECT_FALSE(needs(cheap));
    EXPECT_TRUE(needs({128 * 1024, 1}));
    EXPECT_TRUE(needs({32 * 1024, 1}));
    EXPECT_TRUE(needs({64 * 1024, 2}));
    EXPECT_FALSE(verify_password(text("no"), phc, {128 * 1024, 2})->needs_rehash);

    const std::string two_lanes =
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc";
    EXPECT_TRUE(verify_password(text("password"), two_lanes, {256 * 1024, 2})->needs_rehash);
}

// P4: refused for its numbers alone. Computing it would take 4 TiB.
TEST(Argon2, RefusesStoredHashesBeyondBounds) {
    const auto checked = verify_password(
        text("password"), "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        cheap);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error(), errc::unsupported_hash);
    EXPECT_EQ(verify_password(text(""), "", cheap).error(), errc::unsupported_hash);
}

TEST(Argon2, MakesOnlyWhatItWouldReadBack) {
    EXPECT_TRUE(is_usable({}));
    EXPECT_TRUE(is_usable({8 * 1024, 1}));
    EXPECT_TRUE(is_usable({std::size_t{1} << 30, 64}));
    EXPECT_FALSE(is_usable({8 * 1024 - 1, 1}));
    EXPECT_FALSE(is_usable({(std::size_t{1} << 30) + 1024, 1}));
    EXPECT_FALSE(is_usable({std::size_t{1} << 43, 1}));
    EXPECT_FALSE(is_usable({64 * 1024, 0}));
    EXPECT_FALSE(is_usable({64 * 1024, 65}));
    EXPECT_THROW((void)hash_password(text("x"), {64 * 1024, 0}), std::invalid_argument);
}

}  // namespace
}  // namespace latchkey
