#include "config_diff.hpp"

#include "config_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Another value than the one there, of whatever type.
struct alter {
    void operator()(std::string* v) const { *v += 'x'; }
    void operator()(bool* v) const { *v = !*v; }
    void operator()(std::vector<std::string>* v) const { v->emplace_back("x"); }
    void operator()(std::vector<access_rule>* v) const { v->push_back({{}, {"/x"}, {}, {}, {}, "deny"}); }
    void operator()(std::vector<token_claim>* v) const { v->push_back({"x", true}); }
    void operator()(throttle_budget* v) const { ++v->failures; }
    template <class Number>
    void operator()(Number* v) const {
        ++*v;
    }
};

TEST(ConfigDiff, EqualConfigurationsDifferInNothing) {
    const auto changes = diff_configs(config{}, config{});
    EXPECT_THAT(changes.live, IsEmpty());
    EXPECT_THAT(changes.needs_restart, IsEmpty());
}

// D7: every key, those of the future too, is told apart and either taken over or named.
TEST(ConfigDiff, EveryKeyIsSeenAndOnlyLiveOnesAreTaken) {
    for (const auto& key : config_keys()) {
        config wanted;
        std::visit(alter{}, key.member(wanted));
        const auto changes = diff_configs(config{}, wanted);
        const bool live = key.change == key_change::live;
        EXPECT_EQ(changes.live, live ? std::vector{key.path()} : std::vector<std::string>{});
        EXPECT_EQ(changes.needs_restart, live ? std::vector<std::string>{} : std::vector{key.path()});

        config in_force;
        take_live_values(wanted, in_force);
        const auto left = diff_configs(in_force, wanted);
        EXPECT_THAT(left.live, IsEmpty()) << key.path();
        EXPECT_EQ(left.needs_restart, changes.needs_restart);
    }
}

TEST(ConfigDiff, NamesComeInTheOrderOfTheDocumentation) {
    config wanted;
    wanted.log.level = "debug";
    wanted.session.max_per_user = 1;
    wanted.server.listen = {"127.0.0.1:1"};
    wanted.cookie.secure = !wanted.cookie.secure;
    const auto changes = diff_configs(config{}, wanted);
    EXPECT_THAT(changes.live, ElementsAre("session.max_per_user", "log.level"));
    EXPECT_THAT(changes.needs_restart, ElementsAre("server.listen", "cookie.secure"));
}

}  // namespace
}  // namespace latchkey
