#include "crash_harness.hpp"

#include "crash_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <iomanip>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <poll.h>

namespace latchkey::test {
namespace {

// Nobody's business but the harness's.
test_user bystander() {
    return {"bystander@example.com", "no part in all this 1", "", "", false};
}

server_setup setup_of(const crash_options& options) {
    server_setup out;
    out.start = false;
    out.users.clear();
    for (std::size_t user = 0; user < options.users; ++user)
        out.users.push_back(crash_ledger::account(user));
    out.users.push_back(bystander());
    out.config["session.max_per_user"] = "1000";
    out.config["log.level"] = "\"error\"";
    if (options.backend)
        options.backend->configure(out);
    return out;
}

// Finer than a timer, so that every point of a request is met.
void spin_for(std::chrono::microseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) {
    }
}

}  // namespace

crash_harness::crash_harness(const crash_options& options)
    : options_(options),
      random_(options.seed),
      home_(setup_of(options)),
      shim_(),
      server_(home_,
              [&] {
                  if (!options.power_cuts || options.backend || !program_shim::unusable().empty())
                      return std::map<std::string, std::string>{};
                  const auto database = home_.directory() / "latchkey.db";
                  shim_.emplace(database);
                  record_.emplace(database, shim_->record_writes());
                  return shim_->environment();
              }()),
      ledger_(options.users, options.backend != nullptr),
      check_(home_, ledger_, options.seed + 1) {
    server_.start();
}

void crash_harness::end_now(crash_kind how) {
    if (how == crash_kind::terminate) {
        ++terminations_;
        server_.send_signal(SIGTERM);
        if (const int status = server_.wait(); status != 0)
            ledger_.violation("SIGTERM ended in the exit code " + std::to_string(status) + ": " + server_.errors());
        return;
    }
    if (how == crash_kind::kill_backend || how == crash_kind::kill_both) {
        ledger_.may_be_away(true);
        options_.backend->kill();
    }
    if (how != crash_kind::kill_backend)
        if (const auto status = server_.kill())
            ledger_.violation("the server ended by itself with " + std::to_string(*status) + ": " + server_.errors());
    switch (how) {
        case crash_kind::kill:
            ++kills_;
            break;
        case crash_kind::power_cut:
            ++power_cuts_;
            break;
        case crash_kind::torn_by_cut:
            ++torn_;
            break;
        case crash_kind::kill_backend:
            ++backend_kills_;
            break;
        case crash_kind::kill_both:
            ++double_kills_;
            break;
        case crash_kind::terminate:
            break;
    }
}

void crash_harness::work_until(crash_kind end) {
    static constexpr const char* ends[] = {"kill",           "terminate",   "power cut",
                                           "torn power cut", "kill behind", "kill of both"};
    ledger_.begin_round(std::to_string(++cycles_) + " to a " + ends[static_cast<std::size_t>(end)]);
    std::atomic<bool> stop{false};
    act_watch watch;
    auto most = options_.most_acts;
    if (random_() % 2 == 0) {  // aim at an act of this kind, which may be a rare one
        watch.kind = static_cast<act>(random_() % act_kinds);
        most = 1 + most / 50;
    }
    const std::uint64_t end_at = 1 + random_() % most;
    const std::chrono::microseconds and_then(random_() % 1000);
    std::vector<std::unique_ptr<crash_client>> clients;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < options_.users * options_.clients_per_user; ++i)
        clients.push_back(std::make_unique<crash_client>(home_, ledger_, i % options_.users, random_()));
    for (auto& client : clients)
        threads.emplace_back([&client, &stop, &watch] { client->run(stop, watch); });
    for (auto now = watch.begun.load(); now < end_at; now = watch.begun.load())
        watch.begun.wait(now);
    spin_for(and_then);

    end_now(end);
    stop = true;
    for (auto& thread : threads)
        thread.join();
    if (end == crash_kind::kill_backend || end == crash_kind::kill_both)
        options_.backend->start();

    if (!record_)
        return;
    if (end == crash_kind::power_cut || end == crash_kind::torn_by_cut) {
        lost_writes_ += record_->unsynced();
        power_cut how;
        if (end == crash_kind::torn_by_cut)
            how.survives = [this] { return random_() % 2 == 0; };
        record_->cut_power(how);
    } else {
        record_->settle();
    }
}

void crash_harness::kill_during_start() {
    ++kills_at_start_;
    server_.launch();
    spin_for(std::chrono::microseconds(random_() % 60'000));
    if (const auto status = server_.kill())
        ledger_.violation("the server ended at start with " + std::to_string(*status) + ": " + server_.errors());
    if (record_)
        record_->settle();
}

// One that went on has to find what it lost by itself.
void crash_harness::restart() {
    if (!server_.running())
        server_.start();
    else if (!server_.wait_until_ready())
        throw std::runtime_error("the server ended: " + server_.errors());
    // Before it commits anything it has found out what became of what it could not answer.
    int status = 0;
    for (const deadline until; status != 200 && !until.passed(); ::poll(nullptr, 0, 5))
        status = home_.ask(login_request(bystander())).status;
    if (status != 200)
        ledger_.violation("no login after a restart: " + std::to_string(status));
    ledger_.may_be_away(false);
}

void crash_harness::cycle() {
    const auto dice = random_() % 10;
    auto end = dice < 4 ? crash_kind::kill : dice == 4 ? crash_kind::terminate : crash_kind::power_cut;
    if (dice >= 8)
        end = crash_kind::torn_by_cut;
    if (options_.backend && dice >= 5)
        end = dice >= 8 ? crash_kind::kill_both : crash_kind::kill_backend;
    else if (!record_ && end != crash_kind::terminate)
        end = crash_kind::kill;
    work_until(end);
    while (end != crash_kind::kill_backend && random_() % 6 == 0)
        kill_during_start();
    restart();
    check();
}

void crash_harness::finish() {
    check_.try_all_dead();
    if (const int status = server_.stop(); status != 0)
        ledger_.violation("the server ended with " + std::to_string(status));
}

std::string crash_harness::report() const {
    std::ostringstream out;
    out << "seed " << options_.seed << ": " << cycles_ << " cycles: " << kills_ << " by SIGKILL, " << terminations_
        << " by SIGTERM, " << power_cuts_ << " power cuts, " << torn_ << " power cuts with torn writes ("
        << lost_writes_ << " unsynced writes met), " << kills_at_start_ << " more kills during start-up\n";
    if (options_.backend)
        out << backend_kills_ << " more by SIGKILL of " << options_.backend->name() << ", " << double_kills_
            << " of both\n";
    if (!ledger_.violations().empty()) {
        const auto said = server_.output();
        out << "the server's last words:\n"
            << said.substr(said.size() - std::min<std::size_t>(said.size(), 4000)) << '\n';
    }
    out << std::left << std::setw(30) << "act" << std::right << std::setw(14) << "acknowledged" << std::setw(9)
        << "refused" << std::setw(8) << "5xx" << std::setw(11) << "in flight" << std::setw(11) << "happened"
        << std::setw(9) << "did not" << std::setw(8) << "partly" << '\n';
    crash_ledger::count all;
    for (std::size_t i = 0; i < act_kinds; ++i) {
        const auto& c = ledger_.counts()[i];
        out << std::left << std::setw(30) << name_of(static_cast<act>(i)) << std::right << std::setw(14)
            << c.acknowledged << std::setw(9) << c.refused << std::setw(8) << c.failed << std::setw(11) << c.lost
            << std::setw(11) << c.happened << std::setw(9) << c.not_happened << std::setw(8) << c.partly << '\n';
        all.acknowledged += c.acknowledged;
        all.lost += c.lost;
    }
    const auto& checks = check_.counts();
    out << all.acknowledged << " acts acknowledged, " << all.lost << " in flight when the end came\n"
        << "checks after restart: " << checks.alive << " sessions that had to be alive, " << checks.dead
        << " cookies that had to be dead, " << checks.found_out << " sessions that could be either, "
        << checks.rotations << " lost rotations retried, " << checks.passwords << " passwords, " << checks.lists
        << " session lists\n"
        << ledger_.violations().size() << " violations\n";
    return out.str();
}

}  // namespace latchkey::test
