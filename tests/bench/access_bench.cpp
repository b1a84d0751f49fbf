// What access rules cost a check: decide() with none, 10, 100 and 1,000 rules of a typical set.
//
//   bench_access [questions]
//
// Typical: rules for applications (a domain of their own or a wildcard) and folders of them, one in ten with an
// expression, one in five for some methods, one in twenty for networks. Questions go to the rules' own hosts and to
// paths below, beside and outside of their folders. "Expressions everywhere" is the worst that anybody writes: one
// expression in ten rules, and none of them bound to a domain.
#include "make_access_policy.hpp"
#include "target_path.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace latchkey;

struct question {
    std::string host, path, method;
};

std::string app(std::size_t i) {
    return "app-" + std::to_string(i) + ".example.com";
}

access_options rules_for(std::size_t count, bool expressions_everywhere) {
    std::mt19937 random(1);
    access_options out;
    for (std::size_t i = 0; i < count; ++i) {
        access_rule rule;
        const auto kind = random() % 10;
        const bool expression = kind == 0;
        if (!(expression && expressions_everywhere))
            rule.domains = {kind < 7 ? app(i / 4) : "*.team-" + std::to_string(i / 8) + ".example.com"};
        if (expression)
            rule.paths = {"~ ^/v[0-9]+/files-" + std::to_string(i) + "/.*\\.(css|js|png)$"};
        else if (kind < 9)
            rule.paths = {"/section-" + std::to_string(i % 4) + "/*", "/login-" + std::to_string(i % 7)};
        if (random() % 5 == 0)
            rule.methods = {"GET", "HEAD"};
        if (random() % 20 == 0)
            rule.networks = {"10.0.0.0/8", "2001:db8::/32"};
        rule.policy = i % 3 == 0 ? "allow" : "authenticated";
        if (i % 6 == 1)
            rule.groups = {"staff", "team-" + std::to_string(i)};
        out.rules.push_back(std::move(rule));
    }
    return out;
}

std::vector<question> questions_for(std::size_t count) {
    std::mt19937 random(2);
    std::vector<question> out;
    for (int i = 0; i < 4'096; ++i) {
        const auto n = random() % std::max<std::size_t>(count, 4);
        std::string host = random() % 3 != 0 ? app(n / 4) : "www.team-" + std::to_string(n / 8) + ".example.com";
        std::string path = "/section-" + std::to_string(random() % 8) + "/assets/page-" + std::to_string(n) + ".html";
        if (random() % 8 == 0)
            path = "/v2/files-" + std::to_string(n) + "/theme/main.css";
        out.push_back({std::move(host), std::move(path), random() % 4 == 0 ? "POST" : "GET"});
    }
    return out;
}

// Nanoseconds of this thread's: what others do on the machine counts for less.
double processor_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double nanoseconds_each(std::size_t count, bool everywhere, std::size_t rounds) {
    const auto policy = make_access_policy(rules_for(count, everywhere));
    const auto asked = questions_for(count);
    user alice;
    alice.email = "alice@example.com";
    alice.groups = {"staff", "wiki"};
    const auto who = make_profile(alice, false);
    client_address client;
    client.bytes[15] = 7;
    std::string scratch;
    std::size_t allowed = 0;
    std::vector<double> each;
    for (int pass = 0; pass < 6; ++pass) {
        const double start = processor_time();
        for (std::size_t i = 0; i < rounds; ++i) {
            const auto& q = asked[i % asked.size()];
            const auto path = target_path::parse(q.path, scratch);
            allowed += policy->decide({q.host, path->readings(), q.method, client, who.get()}).outcome ==
                       access_outcome::allow;
        }
        if (pass > 0)  // the first one builds the expressions' automata
            each.push_back((processor_time() - start) / static_cast<double>(rounds));
    }
    std::sort(each.begin(), each.end());
    if (allowed == 0)
        std::puts("nothing was allowed: these questions measure nothing");
    return each[each.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t rounds = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 400'000;
    std::puts("rules    typical  expressions everywhere   (reading the path and deciding, ns of processor time)");
    for (const std::size_t count : {0, 10, 100, 1'000, 4'000})
        std::printf("%5zu  %9.0f  %22.0f\n", count, nanoseconds_each(count, false, rounds),
                    nanoseconds_each(count, true, rounds));
}
