// Reading the path and deciding by access rules.
#include "make_access_policy.hpp"
#include "target_path.hpp"
#include "typical_rules.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace latchkey;

void match(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    const auto policy = make_access_policy(bench::typical_rules(count, false));
    const auto asked = bench::typical_questions(count);
    user alice;
    alice.email = "alice@example.com";
    alice.groups = {"staff", "wiki"};
    const auto who = make_profile(alice, false);
    const client_address client;
    std::string scratch;
    const auto decide = [&](const bench::question& q) {
        const auto path = target_path::parse(q.path, scratch);
        auto decision = policy->decide({q.host, path->readings(), q.method, client, who.get()});
        benchmark::DoNotOptimize(decision);
    };
    for (const auto& q : asked)  // builds the expressions' automata
        decide(q);
    std::size_t next = 0;
    for (auto _ : state) {
        decide(asked[next]);
        next = next + 1 == asked.size() ? 0 : next + 1;
    }
}
BENCHMARK(match)->Name("rule match")->Arg(0)->Arg(10)->Arg(1'000);

}  // namespace
