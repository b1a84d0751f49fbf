#include "refresh_token.hpp"

#include "tokens.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace latchkey {
namespace {

class RefreshToken : public ::testing::Test {
protected:
    static secret key(char filled_with) { return secret(std::string(mac::key_size, filled_with)); }
    static public_id id(std::uint8_t filled_with) {
        public_id out;
        out.bytes.fill(filled_with);
        return out;
    }

    refresh_tokens subject{key('k')};
    refresh_token token = refresh_tokens::make(id(1), id(2));
};

TEST_F(RefreshToken, ReadsWhatItWrites) {
    const secret text = subject.write(token);
    EXPECT_EQ(text.size(), refresh_tokens::length);
    const auto read = subject.read(text.reveal());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->user, id(1));
    EXPECT_EQ(read->session, id(2));
    EXPECT_EQ(read->random, token.random);
}

// J6: who changes one bit, or one character's spelling, has no token.
TEST_F(RefreshToken, ReadsNothingElse) {
    const std::string text(subject.write(token).reveal());
    for (std::size_t i = 0; i < text.size(); ++i)
        for (const char c : {'A', 'B', '_', '=', '\0', '\xff', static_cast<char>(text[i] + 1)}) {
            std::string changed = text;
            changed[i] = c;
            EXPECT_EQ(subject.read(changed).has_value(), changed == text) << i;
        }
    for (const std::string& wrong : {std::string(), text.substr(1), text + "A", text + "=", " " + text,
                                     std::string(107, 'A'), std::string(1'000'000, '.')})
        EXPECT_FALSE(subject.read(wrong));
    EXPECT_FALSE(refresh_tokens(key('l')).read(text));  // another installation's
}

TEST_F(RefreshToken, HasOneSuccessor) {
    const refresh_token next = subject.successor_of(token);
    EXPECT_EQ(next.user, token.user);
    EXPECT_EQ(next.session, token.session);
    EXPECT_NE(next.random, token.random);
    EXPECT_EQ(subject.successor_of(token).random, next.random);
    EXPECT_NE(refresh_tokens(key('l')).successor_of(token).random, next.random);
    // Of the same random bytes in another session.
    refresh_token other = token;
    other.session = id(3);
    EXPECT_NE(subject.successor_of(other).random, next.random);
}

TEST_F(RefreshToken, NeverComesBack) {
    std::set<std::array<std::uint8_t, 32>> seen;
    refresh_token current = token;
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_TRUE(seen.insert(current.random).second);
        EXPECT_TRUE(seen.insert(subject.key_of(current).bytes).second);
        current = subject.successor_of(current);
    }
}

// J3: the same random bytes in a cookie are another session's key.
TEST_F(RefreshToken, IsNoCookie) {
    const std::string text(subject.write(token).reveal());
    EXPECT_FALSE(key_of(text));
    const secret cookie = new_session_token();
    EXPECT_FALSE(subject.read(cookie.reveal()));
}

}  // namespace
}  // namespace latchkey
