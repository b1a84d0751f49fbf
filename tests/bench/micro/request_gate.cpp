// From a header block's bytes to a request_head.
#include "request_gate.hpp"

#include "header_scanner.hpp"
#include "request_heads.hpp"
#include "tokens.hpp"

#include <cstdlib>

#include <benchmark/benchmark.h>

namespace {

using namespace latchkey;

std::string head_of(bool browser) {
    const std::string token(new_session_token().reveal());
    return browser ? micro::browser_head(token) : micro::minimal_head(token);
}

void scan(benchmark::State& state, bool browser) {
    const std::string block = head_of(browser);
    for (auto _ : state) {
        http::header_scanner scanner;
        if (scanner.scan(block) != http::header_scanner::state::complete)
            std::abort();
        benchmark::DoNotOptimize(scanner);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(block.size()));
}
BENCHMARK_CAPTURE(scan, minimal, false)->Name("header scan/minimal");
BENCHMARK_CAPTURE(scan, browser, true)->Name("header scan/browser's");

void gate(benchmark::State& state, bool browser) {
    const std::string block = head_of(browser);
    const http::gate_options options{{}, "__Host-session"};
    for (auto _ : state) {
        http::request_head head;
        if (http::pass_gate(block, options, head))
            std::abort();
        benchmark::DoNotOptimize(head);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(block.size()));
}
BENCHMARK_CAPTURE(gate, minimal, false)->Name("request gate/minimal");
BENCHMARK_CAPTURE(gate, browser, true)->Name("request gate/browser's");

}  // namespace
