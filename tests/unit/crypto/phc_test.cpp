#include "phc.hpp"

#include <gtest/gtest.h>

#include <string>

namespace latchkey {
namespace {

constexpr std::string_view salt = "c29tZXNhbHQ";                                 // 8 bytes
constexpr std::string_view tag = "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";  // 32 bytes

std::string phc(std::string_view parameters, std::string_view s = salt, std::string_view t = tag) {
    return std::string("$argon2id$v=19$").append(parameters).append("$").append(s).append("$").append(t);
}

bool accepts(const std::string& text) {
    const auto parsed = parse_phc(text);
    if (!parsed) {
        EXPECT_EQ(parsed.error(), errc::unsupported_hash);
    }
    return parsed.has_value();
}

TEST(Phc, ReadsItsParts) {
    EXPECT_EQ(parse_phc(phc("m=19456,t=2,p=1")).value(), (phc_parameters{19456, 2, 1, 8, 32}));
    EXPECT_EQ(parse_phc(phc("m=65536,t=3,p=4", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA")).value(),
              (phc_parameters{65536, 3, 4, 16, 16}));
}

// P4: each bound holds exactly.
TEST(Phc, BoundsWhatALoginMayCost) {
    EXPECT_TRUE(accepts(phc("m=1048576,t=64,p=16")));
    EXPECT_FALSE(accepts(phc("m=1048577,t=1,p=1")));
    EXPECT_FALSE(accepts(phc("m=4294967295,t=1,p=1")));
    EXPECT_FALSE(accepts(phc("m=4294967296,t=1,p=1")));
    EXPECT_FALSE(accepts(phc("m=99999999999999999999,t=1,p=1")));
    EXPECT_FALSE(accepts(phc("m=1024,t=65,p=1")));
    EXPECT_FALSE(accepts(phc("m=1024,t=1,p=17")));
    EXPECT_FALSE(accepts(phc("m=1024,t=0,p=1")));
    EXPECT_FALSE(accepts(phc("m=1024,t=1,p=0")));
    EXPECT_FALSE(accepts(phc("m=0,t=1,p=1")));
    EXPECT_TRUE(accepts(phc("m=8,t=1,p=1")));
    EXPECT_FALSE(accepts(phc("m=7,t=1,p=1")));
    EXPECT_TRUE(accepts(phc("m=32,t=1,p=4")));
    EXPECT_FALSE(accepts(phc("m=31,t=1,p=4")));
}

// P4
TEST(Phc, BoundsSaltAndTag) {
    const std::string bytes64 = std::string(85, 'A') + "A";
    const std::string bytes65 = std::string(87, 'A');
    EXPECT_TRUE(accepts(phc("m=64,t=1,p=1", bytes64, bytes64)));
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1", bytes65, tag)));
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1", salt, bytes65)));
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1", "AAAAAAAAAA", tag)));             // 7 bytes
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1", salt, "AAAAAAAAAAAAAAAAAAAA")));  // 15 bytes
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1", "", tag)));
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1", salt, "")));
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1", salt, std::string(1 << 20, 'A'))));
}

TEST(Phc, HasOneSpellingOnly) {
    for (const char* parameters : {"m=064,t=1,p=1", "m=+64,t=1,p=1", "m=-64,t=1,p=1", "m= 64,t=1,p=1", "m=0x40,t=1,p=1",
                                   "m=64,t=01,p=1", "t=1,m=64,p=1", "m=64,t=1", "m=64,t=1,p=1,keyid=AAAA",
                                   "m=64,t=1,p=1,", "m=,t=1,p=1", "m=64;t=1;p=1", "", "m=", "m=64,t=", "m=64,t=1,p="})
        EXPECT_FALSE(accepts(phc(parameters))) << parameters;
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1", "c29tZXNhbHR", tag)));    // unused bits set
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1", "c29tZXNhbHQ=", tag)));   // padded
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1", "c29tZXNhb-_", tag)));    // the other alphabet
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1", "c29tZXNhbHQAA", tag)));  // 13 characters are no bytes
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1") + "$"));
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1") + "\n"));
    EXPECT_FALSE(accepts(phc("m=64,t=1,p=1") + std::string(1, '\0')));
    EXPECT_FALSE(accepts(" " + phc("m=64,t=1,p=1")));
}

TEST(Phc, IsArgon2idVersion19Only) {
    const std::string good = phc("m=64,t=1,p=1");
    ASSERT_TRUE(accepts(good));
    for (const char* start :
         {"$argon2i$v=19", "$argon2d$v=19", "$argon2id$v=16", "$argon2id", "$ARGON2ID$v=19", "$2b$12"})
        EXPECT_FALSE(accepts(start + good.substr(std::string_view("$argon2id$v=19").size())));
    EXPECT_FALSE(accepts("$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"));
    EXPECT_FALSE(accepts("$scrypt$ln=15,r=8,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"));
    EXPECT_FALSE(accepts("plain text"));
    EXPECT_FALSE(accepts(""));
}

// Every truncation of a good hash is refused, and none is read past its end (the suite also runs under ASan). A tag
// may lose its last bytes and still be one: it then merely matches no password.
TEST(Phc, SurvivesTruncation) {
    const std::string good = phc("m=64,t=1,p=1");
    for (std::size_t length = 0; length < good.size() - tag.size() + 22; ++length)
        EXPECT_FALSE(accepts(good.substr(0, length))) << length;
}

}  // namespace
}  // namespace latchkey
