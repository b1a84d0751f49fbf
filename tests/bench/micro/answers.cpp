// What stands between a request that has passed the gate and its answer; and all of it together, from the header
// block's bytes to the answer's, which is a check without its socket.
#include "authz.hpp"
#include "http_side.hpp"
#include "request_heads.hpp"
#include "routes.hpp"

#include <cstdlib>

#include <benchmark/benchmark.h>

namespace {

using namespace latchkey;

void find_route(benchmark::State& state, const std::string& line, bool prompt) {
    micro::http_side side;
    auto x = side.exchange();
    const std::string block = line + " HTTP/1.1\r\nHost: auth.example.com\r\n\r\n";
    side.begin(x, block);
    const auto routes = http::public_routes();
    for (auto _ : state) {
        const http::route* found = prompt ? http::find_prompt_route(x, routes) : http::find_route(x, routes);
        benchmark::DoNotOptimize(found);
        if (!found)
            std::abort();
    }
}
BENCHMARK_CAPTURE(find_route, check, "GET /api/authz/auth-request", true)->Name("route/check");
BENCHMARK_CAPTURE(find_route, health, "GET /health/ready", false)->Name("route/health, far down the table");

void render(benchmark::State& state) {
    micro::http_side side;
    auto x = side.exchange();
    const std::string block = micro::minimal_head(side.token());
    side.begin(x, block);
    const result<session> mine = side.mine();
    for (auto _ : state) {
        x.begin(200);
        http::append_identity(x.raw_headers(), mine);
        x.finish();
        benchmark::DoNotOptimize(side.core().out.data());
        side.core().clear_output();
    }
}
BENCHMARK(render)->Name("render of a check's answer");

void whole_check(benchmark::State& state, bool browser) {
    micro::http_side side;
    auto x = side.exchange();
    const std::string block = browser ? micro::browser_head(side.token()) : micro::minimal_head(side.token());
    const auto routes = http::public_routes();
    for (auto _ : state) {
        side.begin(x, block);
        const http::route* found = http::find_prompt_route(x, routes);
        if (!found || !found->answer_at_once(x) || x.status() != 200)
            std::abort();
        benchmark::DoNotOptimize(side.core().out.data());
        side.core().clear_output();
    }
}
BENCHMARK_CAPTURE(whole_check, minimal, false)->Name("whole check without its socket/minimal");
BENCHMARK_CAPTURE(whole_check, browser, true)->Name("whole check without its socket/browser's");

}  // namespace
