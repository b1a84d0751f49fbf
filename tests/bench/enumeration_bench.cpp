// Does the time of a refused login tell anything about the account? (requirement L2)
//
//   bench_enumeration [samples=2000] [memory=19MiB] [old-memory=8MiB]
//
// The real server, one client, one connection. Classes take turns in random order: no such user; a wrong password; a
// disabled user with the right one; a user whose stored hash was made with other parameters than today's. For each
// class against each other the area under the ROC curve is the chance that a guess by time alone is right: 0.5 is
// blindness. Exits with 1 when one lies outside 0.47 to 0.53.
#include "latchkey_server.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace latchkey::test;
using clock_type = std::chrono::steady_clock;

struct account_class {
    const char* name;
    test_user as;
    std::vector<double> seconds{};
};

// Of two samples: the chance that one of `a` is smaller than one of `b`, ties counting half (Mann-Whitney).
double area_under_curve(const std::vector<double>& a, std::vector<double> b) {
    std::sort(b.begin(), b.end());
    double sum = 0;
    for (const double x : a) {
        const auto [low, high] = std::equal_range(b.begin(), b.end(), x);
        sum += static_cast<double>(b.end() - high) + 0.5 * static_cast<double>(high - low);
    }
    return sum / (static_cast<double>(a.size()) * static_cast<double>(b.size()));
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

server_setup setup_with(const std::string& memory) {
    server_setup setup;
    setup.config["password.memory"] = '"' + memory + '"';
    setup.config["password.iterations"] = "2";
    setup.config["log.level"] = "\"error\"";
    for (const char* key : {"per_pair", "per_client", "per_account"})
        setup.config[std::string("throttle.") + key] = "\"10000/1s\"";
    return setup;
}

void must(const run_result& done) {
    if (done.status != 0) {
        std::fprintf(stderr, "%s\n", done.errors.c_str());
        std::exit(2);
    }
}

void add(const latchkey_server& server, const test_user& user) {
    must(server.command({"user", "add", "--email", user.email, "--password-stdin"}, user.password));
    if (user.disabled)
        must(server.command({"user", "disable", user.email}));
}

void write_config_again(const latchkey_server& server, const std::string& from, const std::string& to) {
    std::ifstream in(server.config_file());
    std::string text{std::istreambuf_iterator<char>(in), {}};
    text.replace(text.find('"' + from + '"'), from.size() + 2, '"' + to + '"');
    std::ofstream(server.config_file()) << text;
}

double time_of(raw_client& client, const test_user& as) {
    const auto begin = clock_type::now();
    const auto response = client.ask(login_request(as));
    const std::chrono::duration<double> taken = clock_type::now() - begin;
    if (response.status != 401) {
        std::fprintf(stderr, "a refused login was answered %d\n", response.status);
        std::exit(2);
    }
    return taken.count();
}

}  // namespace

int main(int argc, char** argv) {
    const int samples = argc > 1 ? std::atoi(argv[1]) : 2000;
    const std::string memory = argc > 2 ? argv[2] : "19MiB";
    const std::string old_memory = argc > 3 ? argv[3] : "8MiB";
    const test_user old{"old@example.com", "tr0mbone-under-glass", "", ""};
    auto setup = setup_with(old_memory);
    setup.users = {old};
    setup.start = false;
    latchkey_server server(setup);
    write_config_again(server, old_memory, memory);
    for (const auto& user : {alice(), mallory()})
        add(server, user);
    server.start();

    std::array classes{account_class{"unknown", {"nobody@example.com", "a wrong password", "", ""}},
                       account_class{"wrong password", {alice().email, "a wrong password", "", ""}},
                       account_class{"disabled", mallory()},
                       account_class{"old parameters", {old.email, "a wrong password", "", ""}}};
    auto client = server.connect();
    std::mt19937 random(1);
    for (int i = 0; i < 20; ++i)
        time_of(client, classes[static_cast<std::size_t>(i) % classes.size()].as);
    for (int i = 0; i < samples; ++i) {
        std::array<std::size_t, 4> order{0, 1, 2, 3};
        std::shuffle(order.begin(), order.end(), random);
        for (const auto which : order)
            classes[which].seconds.push_back(time_of(client, classes[which].as));
    }

    std::printf("%d samples a class, argon2id m=%s t=2, old parameters m=%s\n\n| class | median, ms |", samples,
                memory.c_str(), old_memory.c_str());
    for (const auto& c : classes)
        std::printf(" AUC against %s |", c.name);
    std::printf("\n|---|---|---|---|---|---|\n");
    bool blind = true;
    for (const auto& c : classes) {
        std::printf("| %s | %.2f |", c.name, 1e3 * median(c.seconds));
        for (const auto& other : classes) {
            const double area = area_under_curve(c.seconds, other.seconds);
            blind = blind && area >= 0.47 && area <= 0.53;
            std::printf(" %.3f |", area);
        }
        std::printf("\n");
    }
    return blind ? 0 : 1;
}
