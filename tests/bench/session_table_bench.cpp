// What a session costs: memory and lookup time of the session table. Usage: bench_session_table [sessions [users]]
//
// Memory is the growth of the resident set while the sessions are inserted, each with a profile made for it as a login
// makes one: what the table keeps of it counts. The keys are made before.
#include "table_session_store.hpp"

#include <latchkey/clock.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <random>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace latchkey;

std::size_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

template <class Id>
Id random_id(std::mt19937_64& random) {
    Id id;
    for (std::size_t i = 0; i < id.bytes.size(); i += 8) {
        const std::uint64_t word = random();
        std::memcpy(id.bytes.data() + i, &word, 8);
    }
    return id;
}

struct figures {
    double bytes_per_session = 0;
    double ns_per_insert = 0;
    double ns_per_hit = 0;
    double ns_per_miss = 0;
};

// Processor time, which a busy machine stretches less than it does the wall clock's.
double cpu_ns() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}
double ns_since(double start, std::size_t count) {
    return (cpu_ns() - start) / static_cast<double>(count);
}

// The mean over keys in random order, each looked up once.
task<double> time_finds(session_store& store, const std::vector<session_key>& keys, bool expected) {
    std::size_t found = 0;
    const double start = cpu_ns();
    for (const session_key& key : keys) {
        const auto answer = co_await store.find(key);
        found += answer && answer->has_value() ? 1 : 0;
    }
    const double ns = ns_since(start, keys.size());
    if (found != (expected ? keys.size() : 0))
        std::abort();
    co_return ns;
}

task<void> measure(std::size_t sessions, std::size_t users, figures& out) {
    std::mt19937_64 random(sessions ^ users);
    const auto time = make_system_clock();
    session_options options;
    options.max_total = sessions;
    options.max_per_user = sessions;
    const auto store = make_memory_session_store(options, *time);

    std::vector<user> people;
    for (std::size_t i = 0; i < users; ++i) {
        user u;
        u.id = random_id<public_id>(random);
        u.email = "user" + std::to_string(i) + "@example.com";
        u.name = "Some Body";
        u.groups = {"staff"};
        people.push_back(std::move(u));
    }
    std::vector<session_key> keys(sessions);
    std::vector<session_key> unknown(sessions);
    std::generate(keys.begin(), keys.end(), [&] { return random_id<session_key>(random); });
    std::generate(unknown.begin(), unknown.end(), [&] { return random_id<session_key>(random); });
    // A hundred different browsers.
    std::vector<std::string> agents;
    for (int i = 0; i < 100; ++i)
        agents.push_back("Mozilla/5.0 (X11; Linux x86_64; rv:" + std::to_string(i) +
                         ".0) Gecko/20100101 Firefox/128.0");

    const std::size_t before = resident_bytes();
    const double start = cpu_ns();
    for (std::size_t i = 0; i < sessions; ++i) {
        new_session fresh;
        fresh.id = random_id<public_id>(random);
        fresh.user = make_profile(people[i % users], false);
        fresh.client.user_agent = agents[i % agents.size()];
        if (!co_await store->insert(keys[i], fresh))
            std::abort();
    }
    out.ns_per_insert = ns_since(start, sessions);
    out.bytes_per_session = static_cast<double>(resident_bytes() - before) / static_cast<double>(sessions);

    std::shuffle(keys.begin(), keys.end(), random);
    out.ns_per_hit = co_await time_finds(*store, keys, true);
    out.ns_per_miss = co_await time_finds(*store, unknown, false);
    for (int again = 0; again < 2; ++again)  // the best of three: the others were disturbed
        out.ns_per_hit = std::min(out.ns_per_hit, co_await time_finds(*store, keys, true));
}

void report(std::size_t sessions, std::size_t users) {
    boost::asio::io_context io(1);
    figures f;
    boost::asio::co_spawn(io, measure(sessions, users, f), boost::asio::detached);
    io.run();
    std::printf("%9zu sessions %9zu users  %5.0f bytes/session  insert %5.0f ns  find %5.0f ns  miss %5.0f ns\n",
                sessions, users, f.bytes_per_session, f.ns_per_insert, f.ns_per_hit, f.ns_per_miss);
}

// In a process of its own, so that one measurement's freed memory does not hide the next one's growth.
void report_apart(std::size_t sessions, std::size_t users) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        report(sessions, users);
        std::fflush(stdout);
        _exit(0);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
        std::abort();
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t sessions = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const std::size_t users = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::max<std::size_t>(1, sessions / 10);
    if (sessions == 0 || users == 0) {
        std::fputs("usage: bench_session_table [sessions [users]]\n", stderr);
        return 2;
    }
    report_apart(sessions, users);
    report_apart(sessions, sessions);
    report_apart(sessions, std::max<std::size_t>(1, sessions / 20));
}
