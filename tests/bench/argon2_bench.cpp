// Password verifications a second: with pages from the kernel for each hash, and with memory that threads keep.
//
//   bench_argon2 [rounds=5] [seconds=2]
#include "argon2.hpp"
#include "hash_memory.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>

namespace {

using namespace latchkey;
using steady = std::chrono::steady_clock;

struct reading {
    double per_second = 0;
    double cpu = 0;     // ms for each verification, the kernel's included
    double kernel = 0;  // ms
};

double milliseconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

reading measure(unsigned threads, bool keep, std::chrono::duration<double> length) {
    static const argon2_parameters usual;
    static const secret password(std::string_view("correct horse battery staple"));
    static const std::string phc = hash_password(password, usual).value();
    std::atomic<std::size_t> done = 0;
    std::atomic<bool> stop = false;
    rusage before{}, after{};
    getrusage(RUSAGE_SELF, &before);
    const auto begin = steady::now();
    std::vector<std::thread> team;
    for (unsigned t = 0; t < threads; ++t)
        team.emplace_back([&] {
            while (!stop) {
                std::optional<kept_hash_memory> kept;
                if (keep)
                    kept.emplace(usual.memory);
                if (!verify_password(password, phc, usual)->matches)
                    std::abort();
                ++done;
            }
        });
    std::this_thread::sleep_for(length);
    stop = true;
    for (auto& one : team)
        one.join();
    const std::chrono::duration<double> took = steady::now() - begin;
    getrusage(RUSAGE_SELF, &after);
    const auto count = static_cast<double>(done);
    const double kernel = (milliseconds_of(after.ru_stime) - milliseconds_of(before.ru_stime)) / count;
    const double user = (milliseconds_of(after.ru_utime) - milliseconds_of(before.ru_utime)) / count;
    return {count / took.count(), kernel + user, kernel};
}

std::string spread(std::vector<double> values, const char* format) {
    std::sort(values.begin(), values.end());
    const auto text = [&](double value) {
        char buffer[32];
        std::snprintf(buffer, sizeof buffer, format, value);
        return std::string(buffer);
    };
    return text(values[values.size() / 2]) + " (" + text(values.front()) + " to " + text(values.back()) + ")";
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
    const std::chrono::duration<double> length(argc > 2 ? std::atof(argv[2]) : 2.0);
    std::printf(
        "| threads | fresh pages, a second | kept memory, a second | ratio | CPU each, fresh | CPU each, kept |"
        " in the kernel, fresh | kept |\n|---|---|---|---|---|---|---|---|\n");
    for (const unsigned threads : {1U, 2U}) {
        std::vector<double> fresh_rate, kept_rate, ratio, fresh_cpu, kept_cpu, fresh_kernel, kept_kernel;
        for (int round = 0; round < rounds; ++round) {
            const reading fresh = measure(threads, false, length);
            const reading kept = measure(threads, true, length);
            fresh_rate.push_back(fresh.per_second);
            kept_rate.push_back(kept.per_second);
            ratio.push_back(kept.per_second / fresh.per_second);
            fresh_cpu.push_back(fresh.cpu);
            kept_cpu.push_back(kept.cpu);
            fresh_kernel.push_back(fresh.kernel);
            kept_kernel.push_back(kept.kernel);
        }
        std::printf("| %u | %s | %s | %s | %s | %s | %s | %s |\n", threads, spread(fresh_rate, "%.1f").c_str(),
                    spread(kept_rate, "%.1f").c_str(), spread(ratio, "%.2f").c_str(),
                    spread(fresh_cpu, "%.1f ms").c_str(), spread(kept_cpu, "%.1f ms").c_str(),
                    spread(fresh_kernel, "%.1f ms").c_str(), spread(kept_kernel, "%.1f ms").c_str());
    }
}
