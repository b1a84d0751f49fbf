// Which rules can never match, because an earlier one takes everything before.
#include "hidden_rules.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace latchkey {
namespace {

access_rule on(std::vector<std::string> domains, std::vector<std::string> paths = {},
               std::vector<std::string> methods = {}, std::vector<std::string> networks = {}) {
    return {std::move(domains), std::move(paths), std::move(methods), {}, std::move(networks), "allow"};
}

bool hides(const access_rule& earlier, const access_rule& later) {
    const auto found = find_hidden_rules({earlier, later});
    EXPECT_LE(found.size(), 1U);
    return !found.empty();
}

TEST(HiddenRules, ByDomains) {
    EXPECT_TRUE(hides(on({}), on({})));
    EXPECT_TRUE(hides(on({}), on({"a.b"})));
    EXPECT_FALSE(hides(on({"a.b"}), on({})));
    EXPECT_TRUE(hides(on({"a.b", "c.d"}), on({"c.d"})));
    EXPECT_FALSE(hides(on({"a.b"}), on({"a.b", "c.d"})));
    EXPECT_TRUE(hides(on({"*.b"}), on({"a.b"})));
    EXPECT_TRUE(hides(on({"*.b"}), on({"*.a.b"})));
    EXPECT_TRUE(hides(on({"*.b"}), on({"*.b"})));
    EXPECT_FALSE(hides(on({"*.b"}), on({"b"})));
    EXPECT_FALSE(hides(on({"*.a.b"}), on({"*.b"})));
    EXPECT_FALSE(hides(on({"a.b"}), on({"*.b"})));
    EXPECT_FALSE(hides(on({"*.b"}), on({"ab"})));
}

TEST(HiddenRules, ByPaths) {
    EXPECT_TRUE(hides(on({}, {"/a/*"}), on({}, {"/a/b"})));
    EXPECT_TRUE(hides(on({}, {"/a/*"}), on({}, {"/a/"})));
    EXPECT_TRUE(hides(on({}, {"/a/*"}), on({}, {"/a/b/*"})));
    EXPECT_TRUE(hides(on({}, {"/a/*"}), on({}, {"/a/*"})));
    EXPECT_TRUE(hides(on({}, {"/a"}), on({}, {"/a"})));
    EXPECT_TRUE(hides(on({}, {"/*"}), on({}, {"~ x", "/y"})));
    EXPECT_TRUE(hides(on({}, {"/*"}), on({})));
    EXPECT_FALSE(hides(on({}, {"/a/*"}), on({})));
    EXPECT_FALSE(hides(on({}, {"/a/*"}), on({}, {"/a"})));
    EXPECT_FALSE(hides(on({}, {"/a/"}), on({}, {"/a/*"})));
    EXPECT_FALSE(hides(on({}, {"/a"}), on({}, {"/ab"})));
    EXPECT_FALSE(hides(on({}, {"/a/*"}), on({}, {"/ab/*"})));
    EXPECT_FALSE(hides(on({}, {"/a/b"}), on({}, {"/a/*"})));
    EXPECT_FALSE(hides(on({}, {"/a/*"}), on({}, {"/a/b", "/c"})));
}

TEST(HiddenRules, ByExpressions) {
    EXPECT_TRUE(hides(on({}, {"~ ^/a"}), on({}, {"~^/a"})));
    EXPECT_TRUE(hides(on({}, {"~ ^/a"}), on({}, {"/a/b"})));
    EXPECT_FALSE(hides(on({}, {"~ ^/a$"}), on({}, {"/a/b"})));
    // True, but only for who thinks about expressions: not told.
    EXPECT_FALSE(hides(on({}, {"~ ^/a"}), on({}, {"~ ^/ab"})));
    EXPECT_FALSE(hides(on({}, {"~ ^/a/"}), on({}, {"/a/*"})));
    EXPECT_FALSE(hides(on({}, {"/a/*"}), on({}, {"~ ^/a/"})));
}

TEST(HiddenRules, ByMethodsAndNetworks) {
    EXPECT_TRUE(hides(on({}, {}, {"GET", "HEAD"}), on({}, {}, {"GET"})));
    EXPECT_FALSE(hides(on({}, {}, {"GET"}), on({}, {}, {"GET", "HEAD"})));
    EXPECT_FALSE(hides(on({}, {}, {"GET"}), on({})));
    EXPECT_TRUE(hides(on({}, {}, {}, {"10.0.0.0/8"}), on({}, {}, {}, {"10.1.0.0/16", "10.0.0.0/8"})));
    EXPECT_FALSE(hides(on({}, {}, {}, {"10.1.0.0/16"}), on({}, {}, {}, {"10.0.0.0/8"})));
    EXPECT_FALSE(hides(on({}, {}, {}, {"::/0"}), on({}, {}, {}, {"10.0.0.0/8"})));
    EXPECT_FALSE(hides(on({}, {}, {}, {"0.0.0.0/0", "::/0"}), on({})));
}

TEST(HiddenRules, EveryPartHasToBeCovered) {
    EXPECT_TRUE(hides(on({"*.b"}, {"/x/*"}, {}, {}), on({"a.b"}, {"/x/y"}, {"GET"}, {"10.0.0.0/8"})));
    EXPECT_FALSE(hides(on({"*.c"}, {"/x/*"}, {}, {}), on({"a.b"}, {"/x/y"}, {"GET"}, {"10.0.0.0/8"})));
    EXPECT_FALSE(hides(on({"*.b"}, {"/z/*"}, {}, {}), on({"a.b"}, {"/x/y"}, {"GET"}, {"10.0.0.0/8"})));
    EXPECT_FALSE(hides(on({"*.b"}, {"/x/*"}, {"POST"}, {}), on({"a.b"}, {"/x/y"}, {"GET"}, {"10.0.0.0/8"})));
    EXPECT_FALSE(hides(on({"*.b"}, {"/x/*"}, {}, {"fd00::/8"}), on({"a.b"}, {"/x/y"}, {"GET"}, {"10.0.0.0/8"})));
}

// Groups refuse, they do not pass on to the next rule.
TEST(HiddenRules, GroupsAndPoliciesDoNotMatter) {
    access_rule first = on({});
    first.policy = "authenticated";
    first.groups = {"ops"};
    access_rule second = first;
    second.groups = {"admins"};
    EXPECT_TRUE(hides(first, second));
}

TEST(HiddenRules, NamesTheFirstThatHides) {
    const auto found = find_hidden_rules({on({"x"}), on({}, {"/a/*"}), on({}), on({}, {"/a/b"}), on({"x"}, {"/c"})});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].rule, 3U);
    EXPECT_EQ(found[0].by, 1U);
    EXPECT_EQ(found[1].rule, 4U);
    EXPECT_EQ(found[1].by, 0U);
    EXPECT_TRUE(find_hidden_rules({}).empty());
}

}  // namespace
}  // namespace latchkey
