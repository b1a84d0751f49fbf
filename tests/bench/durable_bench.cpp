// What durability costs: logouts per second against the file system's own fsync rate, and a steady load of logins and
// logouts to measure checks beside.
//
//   bench_durable logouts [rounds=5] [clients=64] [each=50]
//   bench_durable load PORT SECONDS PER-SECOND
//
// `logouts` runs the real server with its database in $TMPDIR (or /tmp): put that on the disk that is meant. A round
// measures single fsyncs (4 KiB appended, fdatasync) for a second, then lets every client end `each` sessions, one
// after the other on a connection of its own. Group commit shows as a ratio above 1.
#include "latchkey_server.hpp"
#include "temp_dir.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace latchkey::test;
using clock_type = std::chrono::steady_clock;

double seconds_since(clock_type::time_point begin) {
    return std::chrono::duration<double>(clock_type::now() - begin).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

double syncs_per_second(const temp_dir& directory) {
    const std::string path = directory / "fsync";
    const int fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (fd < 0)
        throw std::runtime_error("cannot write to " + path);
    const std::string page(4096, 'x');
    const auto begin = clock_type::now();
    std::size_t count = 0;
    while (seconds_since(begin) < 1.0) {
        if (::write(fd, page.data(), page.size()) != static_cast<ssize_t>(page.size()) || ::fdatasync(fd) != 0)
            throw std::runtime_error("cannot write to " + path);
        ++count;
    }
    const double rate = static_cast<double>(count) / seconds_since(begin);
    ::close(fd);
    ::unlink(path.c_str());
    return rate;
}

template <class Act>
void in_parallel(std::size_t count, Act act) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i)
        threads.emplace_back([&act, i] { act(i); });
    for (auto& thread : threads)
        thread.join();
}

http_request logout(const std::string& cookie) {
    http_request request = get("/logout", with_cookie(cookie));
    request.method = "POST";
    return request;
}

void expect(const http_response& response, int status) {
    if (response.status != status)
        throw std::runtime_error("status " + std::to_string(response.status) + ": " + response.body);
}

double logouts_per_second(const latchkey_server& server, std::size_t clients, std::size_t each) {
    std::vector<std::vector<std::string>> cookies(clients);
    in_parallel(clients, [&](std::size_t i) {
        auto client = server.connect();
        for (std::size_t n = 0; n < each; ++n)
            cookies[i].push_back(cookie_of(client.ask(login_request(i % 2 == 0 ? alice() : bob()))));
    });
    const auto begin = clock_type::now();
    in_parallel(clients, [&](std::size_t i) {
        auto client = server.connect();
        for (const auto& cookie : cookies[i])
            expect(client.ask(logout(cookie)), 204);
    });
    return static_cast<double>(clients * each) / seconds_since(begin);
}

void measure_logouts(int rounds, std::size_t clients, std::size_t each) {
    server_setup setup;
    setup.users = {alice(), bob()};
    setup.config["session.max_per_user"] = "10000";
    setup.config["password.queue"] = "1000";
    setup.config["log.level"] = "\"error\"";
    setup.config["log.file"] = "\"/dev/null\"";
    const latchkey_server server(setup);
    std::printf("%-6s %14s %14s %8s\n", "round", "fsyncs/s", "logouts/s", "ratio");
    std::vector<double> ratios;
    for (int round = 1; round <= rounds; ++round) {
        const double syncs = syncs_per_second(server.directory());
        const double logouts = logouts_per_second(server, clients, each);
        ratios.push_back(logouts / syncs);
        std::printf("%-6d %14.0f %14.0f %8.2f\n", round, syncs, logouts, ratios.back());
    }
    std::printf("durable logouts with %zu clients, per single fsync: median %.2f\n", clients, median(ratios));
}

// Logins and logouts by turns at a steady rate, on one connection.
void apply_load(std::uint16_t port, double duration, double per_second) {
    auto client = raw_client::tcp(port);
    const auto begin = clock_type::now();
    std::size_t acts = 0;
    while (seconds_since(begin) < duration) {
        const std::string cookie = cookie_of(client.ask(login_request(alice())));
        expect(client.ask(logout(cookie)), 204);
        acts += 2;
        const auto due = begin + std::chrono::duration_cast<clock_type::duration>(
                                     std::chrono::duration<double>(static_cast<double>(acts) / per_second));
        std::this_thread::sleep_until(due);
    }
    std::printf("%zu logins and logouts, %.0f a second\n", acts, static_cast<double>(acts) / seconds_since(begin));
}

}  // namespace

int main(int argc, char** argv) try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const auto number = [&](std::size_t i, int otherwise) {
        return i < words.size() ? std::atoi(words[i].c_str()) : otherwise;
    };
    if (!words.empty() && words[0] == "logouts") {
        measure_logouts(number(1, 5), static_cast<std::size_t>(number(2, 64)), static_cast<std::size_t>(number(3, 50)));
    } else if (words.size() == 4 && words[0] == "load") {
        apply_load(static_cast<std::uint16_t>(number(1, 0)), number(2, 0), number(3, 0));
    } else {
        std::fprintf(stderr,
                     "usage: bench_durable logouts [rounds] [clients] [each]\n"
                     "       bench_durable load PORT SECONDS PER-SECOND\n");
        return 2;
    }
    return 0;
} catch (const std::exception& e) {
    std::fprintf(stderr, "bench_durable: %s\n", e.what());
    return 1;
}
