// X2: hundreds of tricks, none of which leaves the allowed hosts, and the targets that must arrive; held against what a
// browser's own URL parser makes of them (see redirects/make_lists.mjs).
#include "redirect_lists.hpp"

#include "safe_redirect.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace latchkey::http {
namespace {

using test::redirect_targets;
using test::redirect_tricks;

const safe_redirect redirect("https://auth.example.com",
                             {{"app.example.com", "*.apps.example.com", "port.example.com:8443"}});

// Written without the parser under test: whether `origin` is one of the allowed ones.
bool is_allowed_origin(const std::string& origin) {
    if (origin == "https://auth.example.com" || origin == "https://app.example.com" ||
        origin == "https://port.example.com:8443")
        return true;
    constexpr std::string_view scheme = "https://", parent = ".apps.example.com";
    return origin.size() > scheme.size() + parent.size() && origin.starts_with(scheme) && origin.ends_with(parent) &&
           origin.find_first_of("/:@?#\\", scheme.size()) == std::string::npos;
}

// The origin that a Location of canonical form names.
std::string origin_of(const std::string& location) {
    if (location.starts_with('/'))
        return location.starts_with("//") || location.starts_with("/\\") ? "elsewhere" : "https://auth.example.com";
    return location.substr(0, location.find('/', 8));
}

// GHSA-qqxw-m5fj-f7gv (slash and backslash), GHSA-j7px-6hwj-hpjg (white space between slashes), GHSA-4mf2-f3wh-gvf2 (an
// allowed parent matched within another name): each has a family of its own in the list.
TEST(redirect_lists, no_trick_is_taken) {
    const auto tricks = redirect_tricks();
    std::set<std::string> distinct;
    for (const auto& trick : tricks) {
        distinct.insert(trick.rd);
        EXPECT_FALSE(redirect.check(trick.rd)) << testing::PrintToString(trick.rd);
    }
    EXPECT_GE(distinct.size(), 500U);
    EXPECT_EQ(distinct.size(), tricks.size());
}

// The list is about something: a browser would leave with many of them, or run them.
TEST(redirect_lists, tricks_that_would_work_on_a_browser) {
    const auto tricks = redirect_tricks();
    const auto leaving = std::count_if(tricks.begin(), tricks.end(), [](const auto& trick) {
        return trick.browser != "nowhere" && !is_allowed_origin(trick.browser);
    });
    EXPECT_GE(leaving, 300);
}

TEST(redirect_lists, every_target_arrives) {
    const auto targets = redirect_targets();
    EXPECT_GE(targets.size(), 60U);
    for (const auto& [rd, canonical, browser] : targets) {
        EXPECT_EQ(redirect.check(rd), canonical) << rd;
        EXPECT_EQ(redirect.check(canonical), canonical) << "once is enough";
        EXPECT_EQ(origin_of(canonical), browser) << rd;
        EXPECT_TRUE(is_allowed_origin(browser)) << rd;
    }
}

TEST(redirect_lists, overlong_ones_are_refused) {
    for (const std::string start : {"/", "https://app.example.com/", "https://a.apps.example.com/?"}) {
        EXPECT_TRUE(redirect.check(start + std::string(8'192 - start.size(), 'a')));
        EXPECT_FALSE(redirect.check(start + std::string(8'193 - start.size(), 'a')));
    }
    EXPECT_FALSE(redirect.check("https://" + std::string(300, 'a') + ".apps.example.com/"));
    EXPECT_FALSE(redirect.check("https://app.example.com:" + std::string(300, '0') + "443/"));
}

// Both lists, broken at random: whatever still passes leads to an allowed origin and passes again unchanged.
TEST(redirect_lists, whatever_passes_is_allowed_and_stays_as_it_is) {
    std::vector<std::string> seeds;
    for (const auto& trick : redirect_tricks())
        seeds.push_back(trick.rd);
    for (const auto& target : redirect_targets())
        seeds.push_back(target.rd);
    const std::string spice = "/\\@:.%#?;[]&= \t\r\n\0aA0-_";
    std::mt19937 random(4);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    std::size_t passed = 0;
    for (int round = 0; round < 200'000; ++round) {
        auto text = seeds[below(seeds.size())];
        for (auto changes = 1 + below(3); changes > 0; --changes) {
            const auto at = below(text.size() + 1);
            if (below(2) == 0)
                text.insert(at, 1, spice[below(spice.size())]);
            else if (below(2) == 0)
                text.erase(at, 1 + below(3));
            else
                text.insert(at, seeds[below(seeds.size())].substr(0, below(12)));
        }
        const auto location = redirect.check(text);
        if (!location)
            continue;
        ++passed;
        ASSERT_TRUE(is_allowed_origin(origin_of(*location))) << testing::PrintToString(text);
        ASSERT_TRUE(std::all_of(location->begin(), location->end(), [](char c) { return c > ' ' && c < 0x7f; }));
        ASSERT_EQ(redirect.check(*location), location) << testing::PrintToString(text);
    }
    EXPECT_GT(passed, 1'000U);
}

}  // namespace
}  // namespace latchkey::http
