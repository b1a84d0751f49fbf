// Counting on several cores at once, and what the sum says.
#include "core_counters.hpp"

#include "authz.hpp"
#include "problem.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <numeric>
#include <regex>
#include <thread>
#include <vector>

namespace latchkey::http {
namespace {

template <class List>
std::uint64_t total(const List& list) {
    return std::accumulate(list.begin(), list.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& one) { return sum + one.count; });
}
std::uint64_t total(const distribution& d) {
    return std::accumulate(d.counts.begin(), d.counts.end(), std::uint64_t{0});
}

http_stats sum_of(const std::vector<std::unique_ptr<core_counters>>& cores) {
    http_stats sum;
    for (const auto& core : cores)
        core->add_to(sum);
    return sum;
}

TEST(core_counters, sums_are_exact_while_everybody_counts) {
    constexpr std::uint64_t rounds = 20'480;
    std::vector<std::unique_ptr<core_counters>> cores;
    for (int i = 0; i < 4; ++i)
        cores.push_back(std::make_unique<core_counters>());
    std::atomic<bool> done{false};
    std::thread scraper([&] {
        for (std::uint64_t before = 0; !done.load();) {
            const std::uint64_t now = total(sum_of(cores).checks);
            EXPECT_GE(now, before) << "a counter never goes back";
            before = now;
        }
    });
    std::vector<std::thread> threads;
    for (auto& core : cores)
        threads.emplace_back([&one = *core] {
            for (std::uint64_t i = 0; i < rounds; ++i) {
                const auto begun = one.begin(route_group::check);
                one.count_check(check_adapter::auth_request, i % 2);
                one.finish(route_group::check, 200, begun);
                one.finish(route_group::login, 401, one.begin(route_group::login));
                one.count_refusal("invalid_credentials");
            }
        });
    for (auto& thread : threads)
        thread.join();
    done = true;
    scraper.join();

    const auto sum = sum_of(cores);
    EXPECT_EQ(total(sum.checks), 4 * rounds);
    EXPECT_EQ(sum.checks[0].adapter, "auth_request");
    EXPECT_EQ(sum.checks[0].outcome, "pass");
    EXPECT_EQ(sum.checks[0].count, 2 * rounds);
    EXPECT_EQ(total(sum.check_seconds), 4 * rounds / core_counters::check_sample) << "one in so many is timed";
    EXPECT_EQ(total(sum.responses), 8 * rounds);
    EXPECT_EQ(total(sum.refusals), 4 * rounds);
    for (const auto& one : sum.durations)
        EXPECT_EQ(total(one.seconds), one.route == "login" ? 4 * rounds : 0) << one.route;
    for (const auto& one : sum.responses)
        EXPECT_EQ(one.count,
                  (one.route == "login" && one.status == "4xx") || (one.route == "check" && one.status == "2xx")
                      ? 4 * rounds
                      : 0);
}

// Each core's numbers are on cache lines of its own.
TEST(core_counters, share_no_cache_line) {
    static_assert(alignof(core_counters) >= 64 && sizeof(core_counters) % 64 == 0);
}

TEST(core_counters, unknown_codes_and_odd_statuses_have_a_place) {
    core_counters core;
    core.count_refusal("made_up");
    core.count_refusal("");
    core.finish(route_group::none, 999, {});
    core.finish(route_group::none, 503, {});
    http_stats sum;
    core.add_to(sum);
    EXPECT_EQ(sum.refusals.back().code, "other");
    EXPECT_EQ(sum.refusals.back().count, 2U);
    EXPECT_EQ(total(sum.refusals), 2U);
    EXPECT_EQ(total(sum.responses), 2U);
}

TEST(core_counters, every_documented_error_code_is_counted_by_name) {
    std::ifstream prose(LATCHKEY_SOURCE_DIR "/docs/api.md");
    const std::regex row(R"(\| [45]\d\d \| `([a-z_]+)` \|.*)");
    std::smatch found;
    for (std::string line; std::getline(prose, line);)
        if (std::regex_match(line, found, row)) {
            const std::string code = found[1];
            EXPECT_NE(std::find(counted_codes.begin(), counted_codes.end(), code), counted_codes.end()) << code;
        }
    EXPECT_EQ(counted_codes.back(), "other");
}

TEST(core_counters, verdicts_have_their_names) {
    EXPECT_EQ(verdict_names[static_cast<std::size_t>(verdict::pass)], "pass");
    EXPECT_EQ(verdict_names[static_cast<std::size_t>(verdict::login)], "login");
    EXPECT_EQ(verdict_names[static_cast<std::size_t>(verdict::forbid)], "forbid");
    EXPECT_EQ(verdict_names[static_cast<std::size_t>(verdict::failed)], "failed");
}

TEST(route_groups, follow_from_path_and_method) {
    const auto group_of_route = [](std::span<const route> table, std::string_view path, method verb) {
        for (const auto& one : table)
            if (one.path.text() == path && one.accepts(verb))
                return one.group;
        return route_group::none;
    };
    const auto people = public_routes();
    EXPECT_EQ(group_of_route(people, "/api/authz/auth-request", method::get), route_group::check);
    EXPECT_EQ(group_of_route(people, "/api/authz/ext-authz/*", method::put), route_group::check);
    EXPECT_EQ(group_of_route(people, "/oauth2/auth", method::get), route_group::check);
    EXPECT_EQ(group_of_route(people, "/login", method::post), route_group::login);
    EXPECT_EQ(group_of_route(people, "/login", method::get), route_group::page);
    EXPECT_EQ(group_of_route(people, "/logout", method::post), route_group::logout);
    EXPECT_EQ(group_of_route(people, "/sessions/{id}", method::delete_), route_group::session);
    EXPECT_EQ(group_of_route(people, "/sessions/reauthenticate", method::post), route_group::credential);
    EXPECT_EQ(group_of_route(people, "/account/password", method::post), route_group::credential);
    EXPECT_EQ(group_of_route(people, "/healthz", method::get), route_group::health);
    EXPECT_EQ(group_of_route(people, "/metrics", method::get), route_group::none) << "S4";
}

}  // namespace
}  // namespace latchkey::http
