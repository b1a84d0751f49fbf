#include "tokens.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace latchkey {
namespace {

std::string hex(const session_key& key) {
    std::string text;
    for (const auto byte : key.bytes) {
        text.push_back("0123456789abcdef"[byte >> 4]);
        text.push_back("0123456789abcdef"[byte & 15]);
    }
    return text;
}

// 32 bytes 0xe0..0xff: every kind of digit, `-` and `_` included.
constexpr std::string_view sample = "4OHi4-Tl5ufo6err7O3u7_Dx8vP09fb3-Pn6-_z9_v8";

// C2
TEST(Tokens, AreFortyThreeCharactersAndAllDifferent) {
    std::set<std::string, std::less<>> seen;
    for (int i = 0; i < 200; ++i) {
        const secret token = new_session_token();
        EXPECT_EQ(token.size(), token_length);
        EXPECT_EQ(token.reveal().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                  std::string_view::npos);
        EXPECT_TRUE(key_of(token.reveal()));
        EXPECT_TRUE(seen.emplace(token.reveal()).second);
    }
}

// C2: no bit of the 256 stands still.
TEST(Tokens, UseEveryBit) {
    std::array<std::uint8_t, token_length> ever{};
    for (int i = 0; i < 200; ++i) {
        const secret token = new_session_token(), other = new_session_token();
        for (std::size_t at = 0; at < token_length; ++at)
            ever[at] = static_cast<std::uint8_t>(ever[at] | (token.reveal()[at] != other.reveal()[at] ? 1 : 0));
    }
    for (const auto varied : ever)
        EXPECT_EQ(varied, 1);
}

// C4: what a store holds is BLAKE2b-256 of the bytes behind the cookie.
TEST(Tokens, AreKnownByTheirBlake2b) {
    EXPECT_EQ(hex(key_of(std::string(43, 'A')).value()),
              "89eb0d6a8a691dae2cd15ed0369931ce0a949ecafa5c3f93f8121833646e15c3");
    EXPECT_EQ(hex(key_of(sample).value()), "b4c194c69237e8c77f474db87853df54043ec222ac5514c3039d343157153679");
}

// C3: an over-long, truncated, padded or foreign value is nobody's.
TEST(Tokens, HaveNoOtherLength) {
    const std::string good(sample);
    for (const std::string& wrong : {std::string{}, good.substr(1), good + "A", good + "=", good + std::string(1, '\0'),
                                     " " + good, good + good, std::string(1 << 20, 'A')}) {
        const auto key = key_of(wrong);
        ASSERT_FALSE(key);
        EXPECT_EQ(key.error(), errc::no_session);
    }
}

// C3: each position refuses each byte outside the alphabet.
TEST(Tokens, HaveNoOtherAlphabet) {
    const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (std::size_t at = 0; at < token_length; ++at) {
        for (int byte = 0; byte < 256; ++byte) {
            std::string token(token_length, 'A');
            token[at] = static_cast<char>(byte);
            const bool digit = alphabet.find(static_cast<char>(byte)) != std::string_view::npos;
            const bool last = at == token_length - 1;
            if (!last) {
                EXPECT_EQ(key_of(token).has_value(), digit) << at << ' ' << byte;
            }
        }
    }
}

// C3: one session, one cookie. Of the last character's six bits two carry nothing.
TEST(Tokens, HaveOneSpellingOnly) {
    const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::set<std::string> keys;
    for (std::size_t value = 0; value < alphabet.size(); ++value) {
        const auto key = key_of(std::string(token_length - 1, 'A') + alphabet[value]);
        EXPECT_EQ(key.has_value(), value % 4 == 0) << alphabet[value];
        if (key)
            keys.insert(hex(*key));
    }
    EXPECT_EQ(keys.size(), 16U);
}

TEST(Tokens, DifferInTheirKeysForEveryChangedDigit) {
    std::set<std::string> keys{hex(key_of(sample).value())};
    for (std::size_t at = 0; at < token_length; ++at) {
        std::string token(sample);
        token[at] = token[at] == 'A' ? 'E' : 'A';
        keys.insert(hex(key_of(token).value()));
    }
    EXPECT_EQ(keys.size(), token_length + 1);
}

TEST(PublicIds, AreRandom) {
    std::set<public_id> seen;
    for (int i = 0; i < 200; ++i)
        EXPECT_TRUE(seen.insert(random_public_id()).second);
}

TEST(Crypto, StartsTwiceWithoutHarm) {
    init_crypto();
    init_crypto();
}

}  // namespace
}  // namespace latchkey
