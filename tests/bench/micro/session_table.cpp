// The session table as it grows, by one thread and by two at once, through the interface that requests use: what is
// looked up is looked up at once, as checks do.
//
// Processor time is the figure: with two threads it is what each of them pays, their waiting for the other's cache
// lines included.
#include "filled_table.hpp"
#include "run_task.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

#include <benchmark/benchmark.h>

namespace {

using namespace latchkey;
using bench::filled_table;

constexpr int batch = 256;                   // of sessions that come and go between two readings of the clock
constexpr std::uint64_t apart = 1ULL << 40;  // what a thread inserts has numbers of its own

std::uint64_t first_of(const benchmark::State& state) {
    return apart * static_cast<std::uint64_t>(1 + state.thread_index());
}

bool look_up(filled_table& table, std::uint64_t number) {
    const auto found = table.store().find_at_once(bench::key_number(number));
    if (!found)
        std::abort();
    return found->has_value();
}

// In random order; `offset` away from the sessions that there are.
void look_for(benchmark::State& state, std::uint64_t offset) {
    auto& table = filled_table::with(static_cast<std::size_t>(state.range(0)));
    std::uint64_t turn = first_of(state);
    for (auto _ : state)
        if (look_up(table, bench::mixed(turn++) % table.sessions() + offset) != (offset == 0))
            std::abort();
}
void find(benchmark::State& state) {
    look_for(state, 0);
}
void miss(benchmark::State& state) {
    look_for(state, apart / 2);
}

// All of them, far apart one after the other; whoever has been through advances the clock, so that each find moves
// last_seen.
void touch(benchmark::State& state) {
    constexpr std::uint64_t step = 7'654'321;  // has no factor in common with a power of ten
    auto& table = filled_table::with(static_cast<std::size_t>(state.range(0)));
    table.time().advance(seconds{60});
    std::uint64_t turn = bench::mixed(first_of(state)) % table.sessions();
    for (auto _ : state) {
        turn = turn + 1 == table.sessions() ? 0 : turn + 1;
        if (turn == 0)
            table.time().advance(seconds{60});
        if (!look_up(table, turn * step % table.sessions()))
            std::abort();
    }
}

// Sessions come and go in batches, of which one half is timed.
task<void> turn_over(benchmark::State& state, bool time_inserts) {
    auto& table = filled_table::with(static_cast<std::size_t>(state.range(0)));
    std::uint64_t number = first_of(state);
    while (state.KeepRunningBatch(batch)) {
        if (!time_inserts)
            state.PauseTiming();
        for (int i = 0; i < batch; ++i)
            co_await table.insert(number + static_cast<std::uint64_t>(i), false);
        if (time_inserts)
            state.PauseTiming();
        else
            state.ResumeTiming();
        for (int i = 0; i < batch; ++i)
            if (!co_await table.store().erase(bench::key_number(number++)))
                std::abort();
        if (time_inserts)
            state.ResumeTiming();
    }
}
void insert(benchmark::State& state) {
    bench::run(turn_over(state, true));
}
void erase(benchmark::State& state) {
    bench::run(turn_over(state, false));
}

// A sweep goes through one of 64 shards when nothing has expired.
void sweep_through(benchmark::State& state) {
    auto& table = filled_table::with(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state)
        table.store().sweep();
    state.SetItemsProcessed(state.iterations() * state.range(0) / 64);
}

// As many expired sessions as there are others are taken out; what that costs for each, others passed over included.
void sweep_out(benchmark::State& state) {
    auto& table = filled_table::with(static_cast<std::size_t>(state.range(0)));
    const std::size_t expired = std::min<std::size_t>(table.sessions(), 100'000);
    std::int64_t swept = 0;
    for (auto _ : state) {
        state.PauseTiming();
        bench::run([](filled_table& filled, std::size_t count) -> task<void> {
            for (std::size_t n = 0; n < count; ++n)
                co_await filled.insert(apart + n, false);
        }(table, expired));
        table.time().advance(filled_table::short_life + seconds{1});
        state.ResumeTiming();
        while (table.store().size() > table.sessions())
            table.store().sweep();
        swept += static_cast<std::int64_t>(expired);
    }
    state.SetItemsProcessed(swept);
}

void add(const std::string& name, void (*what)(benchmark::State&), std::int64_t sessions, int threads) {
    benchmark::RegisterBenchmark(name.c_str(), what)
        ->Arg(sessions)
        ->Threads(threads)
        ->Setup([](const benchmark::State& state) { filled_table::with(static_cast<std::size_t>(state.range(0))); });
}

// By size first, so that each table is filled once.
const bool added = [] {
    const std::int64_t largest = std::getenv("BENCH_LARGE") ? 10'000'000 : 1'000'000;
    for (std::int64_t sessions = 1'000; sessions <= largest; sessions *= 10) {
        for (const int threads : {1, 2}) {
            add("session find", find, sessions, threads);
            add("session miss", miss, sessions, threads);
            add("session touch", touch, sessions, threads);
            add("session insert", insert, sessions, threads);
            add("session erase", erase, sessions, threads);
        }
        add("session sweep, nothing expired", sweep_through, sessions, 1);
        add("session sweep of expired ones", sweep_out, sessions, 1);
    }
    return true;
}();

}  // namespace
