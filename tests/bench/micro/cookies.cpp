// From the Cookie field to the key that sessions are found by.
#include "field_rules.hpp"
#include "request_heads.hpp"
#include "tokens.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace latchkey;

void read(benchmark::State& state, const std::string& field) {
    for (auto _ : state) {
        http::presented_cookies found;
        http::read_cookies(field, "__Host-session", found);
        benchmark::DoNotOptimize(found);
    }
}

void cookie_parse_alone(benchmark::State& state) {
    read(state, "__Host-session=" + std::string(new_session_token().reveal()));
}
BENCHMARK(cookie_parse_alone)->Name("cookie parse/alone");

void cookie_parse_among_others(benchmark::State& state) {
    read(state, micro::browser_cookies(new_session_token().reveal()));
}
BENCHMARK(cookie_parse_among_others)->Name("cookie parse/among a browser's");

void cookie_to_key(benchmark::State& state) {
    const std::string token(new_session_token().reveal());
    for (auto _ : state) {
        std::string_view text = token;
        benchmark::DoNotOptimize(text);
        auto key = key_of(text);
        benchmark::DoNotOptimize(key);
    }
}
BENCHMARK(cookie_to_key)->Name("cookie decode and hash");

}  // namespace
