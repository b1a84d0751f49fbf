// What access rules mean, one part at a time; access_property_test.cpp holds their combinations to a slow reference.
#include "access_words.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace latchkey {
namespace {

using enum access_outcome;
using testing::asked;
using testing::member_of;
using testing::texts;

access_rule let_in(texts domains, texts paths = {}, texts methods = {}, texts networks = {}) {
    return {std::move(domains), std::move(paths), std::move(methods), {}, std::move(networks), "allow"};
}

// What one rule that lets anybody in makes of a question; the default would want a login.
bool matches(const access_rule& rule, const asked& question) {
    const auto policy = make_access_policy({"authenticated", {rule}});
    const auto decision = question.by(*policy);
    EXPECT_EQ(decision.outcome, decision.rule ? allow : login);
    return decision.rule.has_value();
}

TEST(AccessPolicy, WithoutRulesTheDefaultDecides) {
    const auto open = make_access_policy({"authenticated", {}});
    EXPECT_EQ(asked{}.by(*open).outcome, login);
    EXPECT_EQ((asked{.who = member_of({})}.by(*open).outcome), allow);
    EXPECT_FALSE(asked{}.by(*open).rule);
    const auto closed = make_access_policy({"deny", {}});
    EXPECT_EQ(asked{}.by(*closed).outcome, forbid);
    EXPECT_EQ((asked{.who = member_of({})}.by(*closed).outcome), forbid);

    EXPECT_EQ(open->decide_by_default(nullptr), login);
    EXPECT_EQ(open->decide_by_default(member_of({}).get()), allow);
    EXPECT_EQ(closed->decide_by_default(nullptr), forbid);
    EXPECT_EQ(closed->decide_by_default(member_of({}).get()), forbid);
}

TEST(AccessPolicy, MatchesHosts) {
    EXPECT_TRUE(matches(let_in({"app.example.com"}), {}));
    EXPECT_FALSE(matches(let_in({"app.example.org"}), {}));
    EXPECT_FALSE(matches(let_in({"example.com"}), {}));
    EXPECT_TRUE(matches(let_in({"a.b", "app.example.com"}), {}));
    EXPECT_TRUE(matches(let_in({}), {}));
    EXPECT_TRUE(matches(let_in({"[2001:db8::1]"}), {.host = "[2001:db8::1]"}));
}

TEST(AccessPolicy, MatchesHostsBelowAParentButNotTheParent) {
    EXPECT_TRUE(matches(let_in({"*.example.com"}), {}));
    EXPECT_TRUE(matches(let_in({"*.com"}), {}));
    EXPECT_TRUE(matches(let_in({"*.example.com"}), {.host = "a.b.c.example.com"}));
    for (const char* host : {"example.com", "badexample.com", "example.com.evil", "com", "*.example.org",
                             ".example.com", "example.community", "xexample.com"})
        EXPECT_FALSE(matches(let_in({"*.example.com"}), {.host = host})) << host;
}

TEST(AccessPolicy, MatchesPaths) {
    EXPECT_TRUE(matches(let_in({}, {"/a"}), {.paths = {"/a"}}));
    for (const char* path : {"/", "/a/", "/ab", "/A", "/b/a"})
        EXPECT_FALSE(matches(let_in({}, {"/a"}), {.paths = {path}})) << path;
    for (const char* path : {"/a/", "/a/b", "/a/b/c"})
        EXPECT_TRUE(matches(let_in({}, {"/a/*"}), {.paths = {path}})) << path;
    for (const char* path : {"/", "/a", "/ab/", "/b/a/"})
        EXPECT_FALSE(matches(let_in({}, {"/a/*"}), {.paths = {path}})) << path;
    for (const char* path : {"/", "/a", "/a/b"})
        EXPECT_TRUE(matches(let_in({}, {"/*"}), {.paths = {path}})) << path;
}

TEST(AccessPolicy, FindsExpressionsAnywhereInThePath) {
    EXPECT_TRUE(matches(let_in({}, {"~ \\.css$"}), {.paths = {"/a/b.css"}}));
    EXPECT_TRUE(matches(let_in({}, {"~b"}), {.paths = {"/abc"}}));
    EXPECT_FALSE(matches(let_in({}, {"~ ^b"}), {.paths = {"/abc"}}));
    EXPECT_FALSE(matches(let_in({}, {"~ \\.css$"}), {.paths = {"/a/b.css/c"}}));
    EXPECT_TRUE(matches(let_in({}, {"~ (?i)^/ADMIN"}), {.paths = {"/admin"}}));
    EXPECT_TRUE(matches(let_in({}, {"~ ^/\xc3\xa4.$"}), {.paths = {"/\xc3\xa4\xc3\xb6"}}));
    EXPECT_TRUE(matches(let_in({}, {"/x", "~ y"}), {.paths = {"/x"}}));
    EXPECT_TRUE(matches(let_in({}, {"/x", "~ y"}), {.paths = {"/y"}}));
    EXPECT_FALSE(matches(let_in({}, {"/x", "~ y"}), {.paths = {"/z"}}));
}

TEST(AccessPolicy, MatchesMethodsExactly) {
    EXPECT_TRUE(matches(let_in({}, {}, {"GET", "HEAD"}), {}));
    EXPECT_FALSE(matches(let_in({}, {}, {"GET", "HEAD"}), {.method = "POST"}));
    EXPECT_FALSE(matches(let_in({}, {}, {"GET", "HEAD"}), {.method = "get"}));
    EXPECT_FALSE(matches(let_in({}, {}, {"GET"}), {.method = ""}));
    EXPECT_TRUE(matches(let_in({}, {}, {"PROPFIND"}), {.method = "PROPFIND"}));
}

TEST(AccessPolicy, MatchesNetworks) {
    const auto from = [](texts networks, const char* client) {
        return matches(let_in({}, {}, {}, std::move(networks)), {.client = client});
    };
    EXPECT_TRUE(from({"192.0.2.0/24"}, "192.0.2.255"));
    EXPECT_FALSE(from({"192.0.2.0/24"}, "192.0.3.0"));
    EXPECT_TRUE(from({"192.0.2.1/32"}, "192.0.2.1"));
    EXPECT_FALSE(from({"192.0.2.1/32"}, "192.0.2.0"));
    EXPECT_TRUE(from({"192.0.2.0/23"}, "192.0.3.9"));
    EXPECT_TRUE(from({"10.0.0.0/8", "2001:db8::/32"}, "2001:db8:ffff::1"));
    EXPECT_FALSE(from({"10.0.0.0/8", "2001:db8::/32"}, "2001:db9::1"));
    // Two worlds: "everybody over IPv6" is not everybody.
    EXPECT_TRUE(from({"0.0.0.0/0"}, "192.0.2.1"));
    EXPECT_FALSE(from({"0.0.0.0/0"}, "2001:db8::1"));
    EXPECT_FALSE(from({"::/0"}, "192.0.2.1"));
    EXPECT_TRUE(from({"::/0"}, "2001:db8::1"));
    // A client whom nobody knows is in no network.
    EXPECT_FALSE(from({"0.0.0.0/0", "::/0"}, ""));
    EXPECT_TRUE(from({}, ""));
}

TEST(AccessPolicy, TheFirstMatchWins) {
    const access_options options{"deny",
                                 {{{}, {"/a/public"}, {}, {}, {}, "allow"},
                                  {{}, {"/a/*"}, {}, {}, {}, "authenticated"},
                                  {{}, {"/a/public", "/b"}, {}, {}, {}, "deny"}}};
    const auto policy = make_access_policy(options);
    EXPECT_EQ((asked{.paths = {"/a/public"}}.by(*policy).rule), 0U);
    EXPECT_EQ((asked{.paths = {"/a/x"}}.by(*policy).rule), 1U);
    EXPECT_EQ((asked{.paths = {"/a/x"}}.by(*policy).outcome), login);
    EXPECT_EQ((asked{.paths = {"/b"}}.by(*policy).rule), 2U);
    EXPECT_FALSE((asked{.paths = {"/c"}}.by(*policy).rule));
    EXPECT_EQ((asked{.paths = {"/c"}}.by(*policy).outcome), forbid);
}

TEST(AccessPolicy, GroupsRefuseButDoNotMatch) {
    const auto policy = make_access_policy(
        {"authenticated",
         {{{}, {"/admin/*"}, {}, {"ops", "admins"}, {}, "authenticated"}, {{}, {}, {}, {}, {}, "allow"}}});
    const auto outcome = [&](profile_ptr who) {
        const auto decision = asked{.paths = {"/admin/"}, .who = std::move(who)}.by(*policy);
        EXPECT_EQ(decision.rule, 0U);
        return decision.outcome;
    };
    EXPECT_EQ(outcome(nullptr), login);
    EXPECT_EQ(outcome(member_of({})), forbid);
    EXPECT_EQ(outcome(member_of({"users", "Admins", "op", "ops2"})), forbid);
    EXPECT_EQ(outcome(member_of({"users", "admins"})), allow);
    EXPECT_EQ(outcome(member_of({"ops"})), allow);
}

TEST(AccessPolicy, DenyIsForEverybody) {
    const auto policy = make_access_policy({"authenticated", {{{}, {}, {}, {}, {}, "deny"}}});
    EXPECT_EQ(asked{}.by(*policy).outcome, forbid);
    EXPECT_EQ((asked{.who = member_of({"admins"})}.by(*policy).outcome), forbid);
}

// F2, F5: the strictest reading counts, wherever it stands; of equals the first is named.
TEST(AccessPolicy, TheStrictestReadingCounts) {
    const auto policy = make_access_policy({"authenticated",
                                            {{{}, {"/public/*"}, {}, {}, {}, "allow"},
                                             {{}, {"/admin/*"}, {}, {}, {}, "deny"},
                                             {{}, {"/other/*"}, {}, {}, {}, "allow"}}});
    const auto decide = [&](texts paths) { return asked{.paths = std::move(paths)}.by(*policy); };
    EXPECT_EQ(decide({"/public/x", "/admin/x"}).outcome, forbid);
    EXPECT_EQ(decide({"/public/x", "/admin/x"}).rule, 1U);
    EXPECT_EQ(decide({"/admin/x", "/public/x"}).rule, 1U);
    EXPECT_EQ(decide({"/public/x", "/unknown"}).outcome, login);
    EXPECT_FALSE(decide({"/public/x", "/unknown"}).rule);
    EXPECT_EQ(decide({"/other/", "/public/x"}).rule, 2U);
    EXPECT_EQ(decide({"/public/x", "/other/"}).outcome, allow);
    EXPECT_EQ(decide({"/public/", "/unknown", "/other/", "/admin/"}).outcome, forbid);
    EXPECT_EQ(decide({}).outcome, forbid);
}

TEST(AccessPolicy, KeepsItsRulesToItself) {
    access_options options{"deny", {{{"app.example.com"}, {"/a-path-that-is-rather-long"}, {"GET"}, {}, {}, "allow"}}};
    const auto policy = make_access_policy(options);
    for (auto& rule : options.rules)
        rule = {{"x"}, {"~x"}, {"X"}, {}, {}, "deny"};
    EXPECT_EQ((asked{.paths = {"/a-path-that-is-rather-long"}}.by(*policy).outcome), allow);
}

TEST(AccessPolicy, TakesAsManyRulesAsItSays) {
    access_options options;
    for (int i = 0; i < 4'096; ++i)
        options.rules.push_back(let_in({"h" + std::to_string(i)}, {"/p" + std::to_string(i)}));
    const auto policy = make_access_policy(options);
    for (const int i : {0, 1, 63, 64, 65, 2'047, 4'095})
        EXPECT_EQ((asked{.host = "h" + std::to_string(i), .paths = {"/p" + std::to_string(i)}}.by(*policy).rule),
                  static_cast<std::size_t>(i));
    EXPECT_FALSE((asked{.host = "h1", .paths = {"/p2"}}.by(*policy).rule));
    options.rules.push_back(let_in({}));
    EXPECT_THROW(make_access_policy(options), std::invalid_argument);
}

TEST(AccessPolicy, IsNotMadeOfRulesThatCannotBeCompiled) {
    EXPECT_THROW(make_access_policy({"deny", {let_in({}, {"~ ("})}}), std::invalid_argument);
    EXPECT_THROW(make_access_policy({"deny", {let_in({}, {}, {}, {"10.0.0.0/33"})}}), std::invalid_argument);
    EXPECT_THROW(make_access_policy({"deny", {let_in({}, {}, {}, {"ten"})}}), std::invalid_argument);
    EXPECT_THROW(make_access_policy({"deny", {access_rule{}}}), std::invalid_argument);
    // A default that nobody knows lets nobody in.
    EXPECT_EQ(asked{}.by(*make_access_policy({"", {}})).outcome, forbid);
}

}  // namespace
}  // namespace latchkey
