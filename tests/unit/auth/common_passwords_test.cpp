#include "common_passwords.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>

namespace latchkey {
namespace {

template <class Visit>
std::size_t for_each_entry(Visit visit) {
    std::size_t count = 0;
    for (std::string_view rest = common_password_list(); !rest.empty(); ++count) {
        const std::size_t end = rest.find('\n');
        visit(rest.substr(0, end));
        rest.remove_prefix(std::min(rest.size(), end + 1));
    }
    return count;
}

TEST(CommonPasswords, AreInTheFormThatTheSearchNeeds) {
    ASSERT_FALSE(common_password_list().empty());
    EXPECT_EQ(common_password_list().back(), '\n');
    EXPECT_LE(common_password_list().size(), std::size_t{1} << 20);
    std::string_view previous;
    const std::size_t count = for_each_entry([&](std::string_view entry) {
        EXPECT_LT(previous, entry);
        EXPECT_GE(entry.size(), 8U);
        EXPECT_TRUE(std::ranges::none_of(entry, [](unsigned char c) { return std::isupper(c) || c < 0x20; })) << entry;
        previous = entry;
    });
    EXPECT_GE(count, 10'000U);
}

// P2
TEST(CommonPasswords, AreAllFoundInEitherCase) {
    for_each_entry([](std::string_view entry) {
        ASSERT_TRUE(is_common_password(entry)) << entry;
        std::string upper(entry);
        std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
        ASSERT_TRUE(is_common_password(upper)) << upper;
    });
}

// P2: what everybody tries first.
TEST(CommonPasswords, HoldTheUsualSuspects) {
    for (const char* usual :
         {"password", "Password1", "123456789", "qwertyuiop", "iloveyou", "1q2w3e4r5t6y", "letmein1"})
        EXPECT_TRUE(is_common_password(usual)) << usual;
}

TEST(CommonPasswords, HoldNothingElse) {
    const std::string first(common_password_list().substr(0, common_password_list().find('\n')));
    for (const std::string& other :
         {std::string{}, std::string{"\n"}, std::string{"password\npassword1"}, std::string{"password\n"},
          std::string{"\npassword"}, std::string("password\0", 9), std::string("\0", 1), std::string(1024, '\xff'),
          std::string(1 << 20, 'p'), first.substr(0, first.size() - 1), first + "\x01",
          std::string{"correct horse battery staple"}, std::string{"passwörd"}})
        EXPECT_FALSE(is_common_password(other)) << other.substr(0, 40);
}

}  // namespace
}  // namespace latchkey
