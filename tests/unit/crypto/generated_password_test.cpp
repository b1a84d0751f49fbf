#include "generated_password.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace latchkey {
namespace {

TEST(GeneratedPassword, IsFourGroupsOfUnambiguousCharacters) {
    for (int i = 0; i < 100; ++i) {
        const auto password = generated_password();
        const std::string text(password.reveal());
        ASSERT_EQ(text.size(), generated_password_length);
        for (std::size_t at = 0; at < text.size(); ++at) {
            const std::string allowed = at % 7 == 6 ? "-" : "abcdefghijkmnpqrstuvwxyz23456789";
            EXPECT_NE(allowed.find(text[at]), std::string::npos) << text;
        }
    }
}

TEST(GeneratedPassword, UsesItsWholeAlphabetAndNeverRepeats) {
    std::set<std::string> passwords;
    std::set<char> characters;
    for (int i = 0; i < 1'000; ++i) {
        const auto password = generated_password();
        EXPECT_TRUE(passwords.emplace(password.reveal()).second);
        characters.insert(password.reveal().begin(), password.reveal().end());
    }
    EXPECT_EQ(characters.size(), 33U);
}

}  // namespace
}  // namespace latchkey
