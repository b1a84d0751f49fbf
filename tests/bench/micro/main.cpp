// What the parts of a check cost, each by itself. Options are Google Benchmark's; scripts/bench micro runs it.
//
// BENCH_LARGE=1 adds the session table with 10^7 sessions, which takes about 2 GB.
#include "tokens.hpp"

#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
    latchkey::init_crypto();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
