// What access rules cost a check: decide() with none, 10, 100 and 1,000 rules of a typical set.
//
//   bench_access [questions]
#include "make_access_policy.hpp"
#include "target_path.hpp"
#include "typical_rules.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace {

using namespace latchkey;

// Nanoseconds of this thread's: what others do on the machine counts for less.
double processor_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double nanoseconds_each(std::size_t count, bool everywhere, std::size_t rounds) {
    const auto policy = make_access_policy(bench::typical_rules(count, everywhere));
    const auto asked = bench::typical_questions(count);
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
