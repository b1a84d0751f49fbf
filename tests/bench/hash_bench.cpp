// How many passwords a second can be judged: by the hasher that logins use, with as many workers as given, and by as
// many threads that do nothing but call libsodium with the same parameters, in turns.
//
//   bench_hash [workers=1] [rounds=3] [seconds=3]
//
// Prints a line of JSON for each round: verifications a second, and the processor's milliseconds for each.
#include "argon2_hasher.hpp"
#include "run_task.hpp"
#include "tokens.hpp"

#include <sodium.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace latchkey;
using stopwatch = std::chrono::steady_clock;

constexpr std::string_view password = "correct horse battery staple";

struct figures {
    double rate = 0, cpu_ms = 0;
};

// `act(end)`: verifies until then and gives how many that were.
template <class Act>
figures measure(int seconds, Act act) {
    const auto begin = stopwatch::now();
    const std::clock_t used = std::clock();
    const double count = static_cast<double>(act(begin + std::chrono::seconds(seconds)));
    const double cpu = static_cast<double>(std::clock() - used) * 1e3 / CLOCKS_PER_SEC;
    return {count / std::chrono::duration<double>(stopwatch::now() - begin).count(), cpu / count};
}

std::size_t verify_barely(unsigned threads, stopwatch::time_point end) {
    std::atomic<std::size_t> count{0};
    std::vector<std::thread> all;
    for (unsigned i = 0; i < threads; ++i)
        all.emplace_back([&] {
            unsigned char salt[crypto_pwhash_SALTBYTES]{}, out[32];
            for (; stopwatch::now() < end; ++count)
                if (crypto_pwhash(out, sizeof out, password.data(), password.size(), salt, 2, 19 * 1024 * 1024,
                                  crypto_pwhash_ALG_ARGON2ID13) != 0)
                    std::abort();
        });
    for (auto& one : all)
        one.join();
    return count;
}

task<void> verify_until(password_hasher& hasher, const secret& typed, const std::string& phc, stopwatch::time_point end,
                        std::size_t& count) {
    for (; stopwatch::now() < end; ++count) {
        const auto judged = co_await hasher.verify(typed, phc, client_prefix{});
        if (!judged || !judged->matches)
            std::abort();
    }
}

std::size_t verify_by(password_hasher& hasher, unsigned at_once, stopwatch::time_point end) {
    const secret typed(password);
    const auto phc = hash_password(typed, {});
    if (!phc)
        std::abort();
    std::size_t count = 0;
    boost::asio::io_context io(1);
    for (unsigned i = 0; i < at_once; ++i)
        boost::asio::co_spawn(io, verify_until(hasher, typed, *phc, end, count), [](std::exception_ptr e) {
            if (e)
                std::abort();
        });
    io.run();
    return count;
}

unsigned number(int argc, char** argv, int at, unsigned otherwise) {
    return argc > at ? static_cast<unsigned>(std::strtoul(argv[at], nullptr, 10)) : otherwise;
}

}  // namespace

int main(int argc, char** argv) {
    const unsigned workers = number(argc, argv, 1, 1), rounds = number(argc, argv, 2, 3);
    const int seconds = static_cast<int>(number(argc, argv, 3, 3));
    if (workers == 0 || rounds == 0 || seconds == 0) {
        std::fputs("usage: bench_hash [workers [rounds [seconds]]]\n", stderr);
        return 2;
    }
    init_crypto();
    worker_pool pool({"hashing", workers});
    const auto hasher = make_password_hasher(pool, {});
    for (unsigned i = 0; i < rounds; ++i) {
        const auto ours = measure(seconds, [&](auto end) { return verify_by(*hasher, workers + 1, end); });
        const auto bare = measure(seconds, [&](auto end) { return verify_barely(workers, end); });
        std::printf(
            "{\"hasher\": {\"rate\": %.3f, \"cpu_ms\": %.3f}, \"libsodium\": {\"rate\": %.3f, \"cpu_ms\": %.3f}}\n",
            ours.rate, ours.cpu_ms, bare.rate, bare.cpu_ms);
    }
    return 0;
}
