// Deciding allocates nothing: the check path stays free of malloc with any number of rules.
#include "access_words.hpp"
#include "allocations.hpp"
#include "random_access.hpp"
#include "target_host.hpp"
#include "target_path.hpp"

#include <gtest/gtest.h>

#include <iostream>

// LeakSanitizer's, where it is linked in.
extern "C" {
void __lsan_disable() __attribute__((weak));
void __lsan_enable() __attribute__((weak));
}

namespace latchkey {
namespace {

// RE2 loses what it holds when an allocation of its own fails.
class leaks_allowed {
public:
    leaks_allowed() {
        if (__lsan_disable != nullptr)
            __lsan_disable();
    }
    leaks_allowed(const leaks_allowed&) = delete;
    leaks_allowed& operator=(const leaks_allowed&) = delete;
    ~leaks_allowed() {
        if (__lsan_enable != nullptr)
            __lsan_enable();
    }
};

using testing::allocations;

TEST(AccessAllocation, DecidingAllocatesNothing) {
    testing::random_access random(7);
    access_options options;
    while (options.rules.size() < 1'000)
        for (auto& rule : random.options().rules)
            options.rules.push_back(std::move(rule));
    options.rules.resize(1'000);
    std::vector<testing::asked> questions;
    for (int i = 0; i < 500; ++i)
        questions.push_back(random.question());
    const auto policy = make_access_policy(options);

    // The first round builds states of the expressions' automata; after it everything is there.
    std::size_t rounds[2] = {};
    for (auto& allocated : rounds)
        for (const auto& question : questions)
            question.with_question([&](const access_question& q) {
                const auto before = allocations();
                policy->decide(q);
                allocated += allocations() - before;
            });
    std::cout << rounds[0] << " allocations by the expressions for their first " << questions.size() << " questions\n";
    EXPECT_GT(rounds[0], 0U) << "the counter does not see what RE2 allocates";
    EXPECT_EQ(rounds[1], 0U);
}

TEST(AccessAllocation, ReadingACanonicalUrlAllocatesNothing) {
    std::string scratch;
    const auto before = allocations();
    const auto path = target_path::parse("/a/path/that/is/long/enough/for/the/heap/index.html", scratch);
    const auto host = canonical_host("a-host-that-is-long-enough-for-the-heap.example.com", scratch);
    EXPECT_EQ(allocations(), before);
    EXPECT_TRUE(path && host);
}

// E5, F4: without memory nobody passes, and nothing crashes.
TEST(AccessAllocation, WithoutMemoryNobodyPasses) {
    const access_options options{
        "authenticated", {{{}, {"~ (a|b)+[0-9]{3,9}\\.html?$"}, {}, {}, {}, "deny"}, {{}, {}, {}, {}, {}, "allow"}}};
    const testing::asked question{.paths = {"/a/rather/long/path/ababab123.html"}};
    std::size_t failures = 0;
    for (std::size_t nth = 0; nth < 100; ++nth) {
        const auto policy = make_access_policy(options);
        const auto decision = question.with_question([&](const access_question& q) {
            const leaks_allowed by_the_library;
            const testing::failing_allocation no_memory(nth);
            const auto decided = policy->decide(q);
            failures += no_memory.happened();
            return decided;
        });
        EXPECT_EQ(decision.outcome, access_outcome::forbid);
    }
    EXPECT_GT(failures, 0U);
}

}  // namespace
}  // namespace latchkey
