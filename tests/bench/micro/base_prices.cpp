// What others charge: the prices to judge ours by.
#include <sodium.h>

#include <array>
#include <cstdlib>
#include <ctime>

#include <benchmark/benchmark.h>
#include <sys/random.h>

namespace {

void randomness(benchmark::State& state) {
    std::array<unsigned char, 32> out{};
    for (auto _ : state) {
        if (::getrandom(out.data(), out.size(), 0) != static_cast<ssize_t>(out.size()))
            std::abort();
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK(randomness)->Name("base/getrandom of 32 bytes");

void blake2b(benchmark::State& state) {
    std::array<unsigned char, 32> in{}, out{};
    for (auto _ : state) {
        benchmark::DoNotOptimize(in);
        crypto_generichash(out.data(), out.size(), in.data(), in.size(), nullptr, 0);
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK(blake2b)->Name("base/BLAKE2b-256 of 32 bytes");

void decode(benchmark::State& state) {
    constexpr std::string_view text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    std::array<unsigned char, 32> out{};
    for (auto _ : state) {
        std::size_t size = 0;
        if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, nullptr,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
            std::abort();
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK(decode)->Name("base/base64url decode of 43 digits");

void compare(benchmark::State& state) {
    std::array<unsigned char, 32> one{}, other{};
    for (auto _ : state) {
        benchmark::DoNotOptimize(one);
        auto same = sodium_memcmp(one.data(), other.data(), one.size());
        benchmark::DoNotOptimize(same);
    }
}
BENCHMARK(compare)->Name("base/sodium_memcmp of 32 bytes");

void read_clock(benchmark::State& state, clockid_t which) {
    timespec now{};
    for (auto _ : state) {
        clock_gettime(which, &now);
        benchmark::DoNotOptimize(now);
    }
}
BENCHMARK_CAPTURE(read_clock, coarse, CLOCK_MONOTONIC_COARSE)->Name("base/coarse clock");
BENCHMARK_CAPTURE(read_clock, exact, CLOCK_MONOTONIC)->Name("base/clock");
BENCHMARK_CAPTURE(read_clock, boot, CLOCK_BOOTTIME)->Name("base/clock with suspension");

}  // namespace
