#include <latchkey/user.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace latchkey {
namespace {

TEST(UserName, MayBeAnyTextWithoutControls) {
    for (const char* name : {"", "Alice", "Zoë", "李小龍", "O'Brien; \"x\"", "\xf0\x9f\x94\x91"})
        EXPECT_TRUE(validate_user_name(name)) << name;
}

// H10: a name travels in a header.
TEST(UserName, NeverBreaksALine) {
    for (const std::string_view name :
         {std::string_view{"a\r\nX: y"}, std::string_view{"a\n"}, std::string_view{"\x7f"}, std::string_view{"a\tb"},
          std::string_view("a\0b", 3), std::string_view{"\x1b[31m"},
          std::string_view{"a\xc2\x85"
                           "b"},
          std::string_view{"a\xe2\x80\xa8"
                           "b"},
          std::string_view{"\xff"}, std::string_view{"\xc3"}, std::string_view{"\xed\xa0\x80"}}) {
        const auto valid = validate_user_name(name);
        ASSERT_FALSE(valid) << name;
        EXPECT_EQ(valid.error(), errc::invalid_request);
    }
}

TEST(UserName, HoldsItsLimitExactly) {
    EXPECT_TRUE(validate_user_name(std::string(128, 'x')));
    EXPECT_FALSE(validate_user_name(std::string(129, 'x')));
    EXPECT_FALSE(validate_user_name(std::string(1 << 20, 'x')));
}

TEST(Groups, AreSortedAndUnique) {
    const auto groups = canonical_groups({"staff", "Admins", "staff", "a.b_c-1"});
    ASSERT_TRUE(groups);
    EXPECT_EQ(*groups, (std::vector<std::string>{"Admins", "a.b_c-1", "staff"}));
    EXPECT_TRUE(canonical_groups({})->empty());
}

TEST(Groups, RefuseWhatWouldBreakTheHeader) {
    for (const std::string& group : {std::string{}, std::string{"a,b"}, std::string{"a b"}, std::string{"a\r\n"},
                                     std::string{"ä"}, std::string("a\0", 2), std::string(65, 'x')})
        EXPECT_FALSE(canonical_groups({"ok", group})) << group;
    EXPECT_TRUE(canonical_groups({std::string(64, 'x')}));
}

TEST(Groups, AreAtMostSixtyFour) {
    std::vector<std::string> groups;
    for (int i = 0; i < 64; ++i)
        groups.push_back("g" + std::to_string(i));
    groups.push_back("g0");
    EXPECT_TRUE(canonical_groups(groups));
    groups.push_back("one-more");
    EXPECT_FALSE(canonical_groups(groups));
}

}  // namespace
}  // namespace latchkey
