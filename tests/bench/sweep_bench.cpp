// How long a lookup waits while expired sessions are swept out of the table.
//
//   bench_sweep [sessions=10000000] [seconds=10]
//
// Half of the sessions have expired. One thread looks the others up in random order, 50,000 a second by the clock
// whether or not it was held up, so that whoever would have come meanwhile is counted as waiting, too; another thread
// sweeps: not at all, as a server does it, and without a pause until all is gone. Prints JSON.
#include "filled_table.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace latchkey;
using stopwatch = std::chrono::steady_clock;
using microseconds = std::chrono::duration<double, std::micro>;

constexpr std::chrono::microseconds pace{20};

// Until `end` or `enough`.
void look_up(bench::filled_table& table, stopwatch::time_point end, const std::atomic<bool>& enough,
             std::vector<double>& waits) {
    std::uint64_t turn = 0;
    for (auto due = stopwatch::now(); due < end && !enough; due += pace) {
        while (stopwatch::now() < due) {
        }
        const auto found = table.store().find_at_once(bench::key_number(bench::mixed(turn++) % table.sessions()));
        if (!found || !*found)
            std::abort();
        waits.push_back(microseconds(stopwatch::now() - due).count());
    }
}

struct swept {
    std::size_t sweeps = 0, sessions = 0;
    double busy = 0, longest = 0;  // microseconds
};

// Until `end`, or until nothing is left that has expired.
swept sweep(bench::filled_table& table, stopwatch::time_point end, bool as_a_server) {
    swept all;
    const std::size_t before = table.store().size();
    while (table.store().size() > table.sessions() && stopwatch::now() < end) {
        const auto begin = stopwatch::now();
        const bool has_more = table.store().sweep();
        const double took = microseconds(stopwatch::now() - begin).count();
        all.busy += took;
        all.longest = std::max(all.longest, took);
        ++all.sweeps;
        if (as_a_server)
            std::this_thread::sleep_for(std::chrono::milliseconds(has_more ? 20 : 1'000));
    }
    all.sessions = before - table.store().size();
    return all;
}

double quantile(std::vector<double>& sorted, double q) {
    return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

template <class Sweeper>
void measure(const char* name, bench::filled_table& table, std::chrono::seconds most, Sweeper sweeper) {
    std::vector<double> waits;
    waits.reserve(static_cast<std::size_t>(most / pace) + 1);
    std::atomic<bool> enough{false};
    const auto end = stopwatch::now() + most;
    std::thread looker([&] { look_up(table, end, enough, waits); });
    const swept all = sweeper(end);
    enough = all.sweeps > 0;
    looker.join();
    std::sort(waits.begin(), waits.end());
    std::printf(
        ",\n \"%s\": {\"lookups\": %zu, \"p50_us\": %.3f, \"p99_us\": %.3f, \"p999_us\": %.3f, \"max_us\": %.3f, "
        "\"sweeps\": %zu, \"swept\": %zu, \"sweep_us\": %.3f, \"longest_sweep_us\": %.3f}",
        name, waits.size(), quantile(waits, 0.5), quantile(waits, 0.99), quantile(waits, 0.999), waits.back(),
        all.sweeps, all.sessions, all.sweeps > 0 ? all.busy / static_cast<double>(all.sweeps) : 0, all.longest);
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t sessions = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
    const std::chrono::seconds each(argc > 2 ? std::atoi(argv[2]) : 10);
    if (sessions < 2 || each.count() < 1) {
        std::fputs("usage: bench_sweep [sessions [seconds]]\n", stderr);
        return 2;
    }
    bench::filled_table table(sessions / 2, sessions - sessions / 2);
    std::printf("{\"sessions\": %zu", sessions);
    measure("quiet", table, each, [](auto) { return swept{}; });
    table.time().advance(bench::filled_table::short_life + seconds{1});
    measure("by the second", table, each, [&](auto end) { return sweep(table, end, true); });
    measure("without a pause", table, std::chrono::minutes(1), [&](auto end) { return sweep(table, end, false); });
    std::printf("}\n");
    return 0;
}
