#include <latchkey/group_list.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace latchkey {
namespace {

using testing::ElementsAre;

static_assert(std::forward_iterator<group_list::iterator>);

TEST(GroupList, IsReadGroupByGroup) {
    EXPECT_THAT(group_list(), ElementsAre());
    EXPECT_THAT(group_list(""), ElementsAre());
    EXPECT_THAT(group_list("a"), ElementsAre("a"));
    EXPECT_THAT(group_list("admins,staff,x"), ElementsAre("admins", "staff", "x"));
}

TEST(GroupList, IsEmptyWithoutAGroup) {
    EXPECT_TRUE(group_list("").empty());
    EXPECT_FALSE(group_list("a").empty());
}

TEST(GroupList, IsReadMoreThanOnce) {
    const group_list groups("a,b");
    auto at = groups.begin();
    const auto first = at++;
    EXPECT_EQ(*first, "a");
    EXPECT_EQ(*at, "b");
    EXPECT_NE(first, at);
    EXPECT_EQ(++at, groups.end());
    EXPECT_EQ(std::ranges::distance(groups), 2);
    EXPECT_EQ(std::ranges::count(groups, "a"), 1);
}

TEST(GroupList, IsCopiedIntoStrings) {
    const group_list groups("a,b");
    EXPECT_THAT(std::vector<std::string>(groups.begin(), groups.end()), ElementsAre("a", "b"));
}

TEST(GroupList, IsEqualByItsGroups) {
    const std::string same = "a,b";
    EXPECT_EQ(group_list("a,b"), group_list(same));
    EXPECT_NE(group_list("a,b"), group_list("a"));
}

}  // namespace
}  // namespace latchkey
