// The compiled policy against the obvious one: 100,000 random sets of rules and questions, no difference. The seed is
// fixed; LATCHKEY_TEST_SEED tries another.
#include "access_explanation.hpp"
#include "access_reference.hpp"
#include "hidden_rules.hpp"
#include "random_access.hpp"
#include "sanitizer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <set>

namespace latchkey {
namespace {

const int rule_sets = test::under_sanitizer() ? 10'000 : 100'000;

unsigned seed() {
    const char* other = std::getenv("LATCHKEY_TEST_SEED");
    const unsigned chosen = other ? static_cast<unsigned>(std::strtoul(other, nullptr, 10)) : 20'260'401;
    std::cout << "seed " << chosen << '\n';
    return chosen;
}

std::string show(const access_options& options, const testing::asked& q) {
    const auto list = [](const auto& texts) {
        std::string out = "[";
        for (const auto& text : texts)
            out.append(text).append(" ");
        return out + "] ";
    };
    std::string out = "default " + options.default_policy + '\n';
    for (const auto& r : options.rules)
        out += list(r.domains) + list(r.paths) + list(r.methods) + list(r.groups) + list(r.networks) + r.policy + '\n';
    return out + q.method + ' ' + q.host + ' ' + list(q.paths) + " from " + q.client +
           (q.who ? " groups " + list(q.who->groups()) : " anonymous");
}

bool operator==(const access_decision& a, const access_decision& b) {
    return a.outcome == b.outcome && a.rule == b.rule;
}

// F2, F5
TEST(AccessProperty, AgreesWithTheReference) {
    testing::random_access random(seed());
    std::array<int, 3> outcomes{};
    int by_default = 0;
    for (int i = 0; i < rule_sets; ++i) {
        const auto options = random.options();
        const auto policy = make_access_policy(options);
        const testing::access_reference reference(options);
        for (int k = 0; k < 3; ++k) {
            const auto question = random.question();
            const auto ours = question.by(*policy);
            const auto theirs = question.with_question([&](const auto& q) { return reference.decide(q); });
            ASSERT_TRUE(ours == theirs) << "set " << i << ", question " << k << '\n' << show(options, question);
            ++outcomes[static_cast<std::size_t>(ours.outcome)];
            by_default += !ours.rule;
        }
    }
    // The dice did throw everything.
    for (const int count : outcomes)
        EXPECT_GT(count, rule_sets / 10);
    EXPECT_GT(by_default, rule_sets / 10);
    EXPECT_LT(by_default, 2 * rule_sets);
}

TEST(AccessProperty, HiddenRulesNeverDecide) {
    testing::random_access random(seed() + 1);
    std::size_t hidden_ones = 0;
    for (int i = 0; i < rule_sets; ++i) {
        const auto options = random.options();
        const auto hidden = find_hidden_rules(options.rules);
        hidden_ones += hidden.size();
        if (hidden.empty())
            continue;
        std::set<std::size_t> numbers;
        for (const auto& [rule, by] : hidden) {
            ASSERT_LT(by, rule);
            numbers.insert(rule);
        }
        const auto policy = make_access_policy(options);
        for (int k = 0; k < 20; ++k) {
            const auto question = random.question();
            const auto decision = question.by(*policy);
            ASSERT_FALSE(decision.rule && numbers.contains(*decision.rule))
                << "set " << i << ", rule " << *decision.rule << '\n'
                << show(options, question);
        }
    }
    EXPECT_GT(hidden_ones, static_cast<std::size_t>(rule_sets) / 10);
}

TEST(AccessProperty, ExplanationsAgreeWithThePolicy) {
    testing::random_access random(seed() + 2);
    for (int i = 0; i < rule_sets / 10; ++i) {
        const auto options = random.options();
        const auto policy = make_access_policy(options);
        for (int k = 0; k < 3; ++k) {
            const auto question = random.question();
            const auto why = question.with_question([&](const auto& q) { return explain_access(options, q); });
            const auto& decisive = why.readings.at(why.decisive);
            ASSERT_TRUE(decisive.decision == question.by(*policy)) << show(options, question);
            ASSERT_EQ(why.readings.size(), question.paths.size());
            for (const auto& reading : why.readings)
                ASSERT_EQ(reading.passed_over.size(), reading.decision.rule.value_or(options.rules.size()));
        }
    }
}

}  // namespace
}  // namespace latchkey
