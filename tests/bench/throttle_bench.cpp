// What the throttle costs, and what a flood of names does to it (requirement L8).
//
//   bench_throttle [keys=10000000] [memory in MiB=16]
#include "make_throttle.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace latchkey;
using steady = std::chrono::steady_clock;

client_prefix client(unsigned n) {
    client_address address;
    address.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10};
    for (std::size_t i = 0; i < 3; ++i)
        address.bytes[13 + i] = static_cast<std::uint8_t>(n >> (16 - 8 * i));
    return prefix_of(address);
}

double nanoseconds_each(steady::time_point begin, std::size_t count) {
    return std::chrono::duration<double, std::nano>(steady::now() - begin).count() / static_cast<double>(count);
}

std::size_t resident_kib() {
    std::size_t pages = 0, resident = 0;
    if (FILE* file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%zu %zu", &pages, &resident) != 2)
            resident = 0;
        std::fclose(file);
    }
    return resident * 4;
}

// Admitted and taken back: what every good login pays.
void print_cost(persistent_throttle& subject, const char* when) {
    constexpr std::size_t each = 200'000;
    for (const unsigned threads : {1U, 2U}) {
        const auto begin = steady::now();
        std::vector<std::thread> team;
        for (unsigned t = 0; t < threads; ++t)
            team.emplace_back([&subject, t] {
                const std::string account = "user" + std::to_string(t) + "@example.com";
                for (std::size_t i = 0; i < each; ++i)
                    if (const auto ticket = subject.admit({client(0xfff000 + t), account, {}}))
                        subject.succeeded(*ticket);
            });
        for (auto& one : team)
            one.join();
        std::printf("| admit + succeeded, %s, %u thread%s | %.0f ns |\n", when, threads, threads == 1 ? "" : "s",
                    nanoseconds_each(begin, each * threads));
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t keys = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
    throttle_options options;
    options.memory = (argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 16) * 1024 * 1024;
    secret key = secret::of_size(32);
    std::fill(key.writable().begin(), key.writable().end(), 'k');
    manual_clock time;
    const auto subject = make_throttle(options, key, time);

    std::printf("| | |\n|---|---|\n");
    print_cost(*subject, "empty");
    const auto offend = [&] { return subject->admit({client(0xffffff), "offender@example.com", {}}).has_value(); };
    while (offend()) {
    }
    const auto before = subject->stats();
    const std::size_t resident = resident_kib();
    const auto begin = steady::now();
    const std::size_t attempts = keys / 2;  // each has an account and a pair that were never seen
    for (std::size_t i = 0; i < attempts; ++i)
        (void)subject->admit({client(static_cast<unsigned>(i % 0xfff000)), std::to_string(i), {}});
    const double each = nanoseconds_each(begin, attempts);
    const auto after = subject->stats();
    std::printf("| attempts with new names | %zu, %.0f ns each |\n", attempts, each);
    std::printf("| distinct keys | at least %zu |\n", keys);
    std::printf("| memory before, after | %zu, %zu bytes |\n", before.bytes, after.bytes);
    std::printf("| resident before, after | %zu, %zu KiB |\n", resident, resident_kib());
    std::printf("| slots, used, displaced | %zu, %zu, %llu |\n", after.slots, after.used,
                static_cast<unsigned long long>(after.evicted));
    const bool still = !offend();
    std::printf("| the offender from before | %s |\n", still ? "still refused" : "FORGOTTEN");
    print_cost(*subject, "full");
    return still && before.bytes == after.bytes ? 0 : 1;
}
