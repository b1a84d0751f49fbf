// What the journal costs: how long a server takes to have its sessions ready, how large they are in the database, and
// how many changes become durable in a second.
//
//   bench_journal load [sessions=1000000] [users=50000]
//   bench_journal commits [seconds=5] [clients=64] [sessions=0]
//
// Works in a directory of its own below $TMPDIR (or /tmp): put that on the disk that is meant. `commits` alternates
// with a second of single fsyncs (4 KiB appended, fdatasync), so that both see the same disk.
#include "database.hpp"
#include "session_statements.hpp"
#include "sql_database.hpp"
#include "sql_session_journal.hpp"
#include "sql_user_store.hpp"
#include "table_session_store.hpp"
#include "time_line.hpp"
#include "tokens.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace latchkey;
using stopwatch = std::chrono::steady_clock;

double seconds_since(stopwatch::time_point begin) {
    return std::chrono::duration<double>(stopwatch::now() - begin).count();
}

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

class silent final : public logger {
public:
    void write(log_level level, std::string_view event, std::initializer_list<log_field>) noexcept override {
        if (level >= log_level::warn)
            std::fprintf(stderr, "%.*s\n", static_cast<int>(event.size()), event.data());
    }
    std::uint64_t dropped() const noexcept override { return 0; }
};

// Everything that is measured, in a directory that goes with it.
class workshop {
public:
    workshop() : directory_(std::filesystem::temp_directory_path() / ("bench_journal." + std::to_string(::getpid()))) {
        std::filesystem::create_directory(directory_);
        options_.url = "sqlite:" + file();
    }
    ~workshop() {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    std::string file() const { return directory_ / "bench.db"; }
    std::shared_ptr<sql_database> open() const { return open_database(options_); }
    std::unique_ptr<session_journal> journal(std::shared_ptr<sql_database> database) {
        return make_sql_session_journal(std::move(database), session_options(), *time_, current_time_line(*time_),
                                        false, log_);
    }

    // Loads.
    std::unique_ptr<session_store> store(std::unique_ptr<session_journal> journal) {
        return make_journaled_session_store(session_options(), *time_, std::move(journal), log_);
    }

    journal_entry entry(const public_id& user) {
        journal_entry fresh;
        fresh.id = random_public_id();
        fresh.user = user;
        fill(fresh.key.bytes);
        fresh.ip.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, static_cast<std::uint8_t>(random_())};
        fresh.user_agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" +
                           std::to_string(90 + random_() % 40) + ".0.0.0 Safari/537.36";
        fresh.created_at = fresh.authenticated_at = fresh.last_seen_at = time_->now();
        fresh.expires_at = fresh.created_at + session_options().absolute_timeout;
        return fresh;
    }

    std::vector<public_id> add_users(std::size_t count) {
        const auto database = open();
        soci::session sql(database->pool());
        std::vector<public_id> users;
        sql << "BEGIN";
        for (std::size_t i = 0; i < count; ++i) {
            users.push_back(random_public_id());
            const std::string id = users.back().str();
            const std::string email = "user" + std::to_string(i) + "@example.com";
            sql << "INSERT INTO users (id, email, name, password_hash, disabled, created_at)"
                   " VALUES (:id, :email, 'Somebody', '', 0, 0)",
                soci::use(id, "id"), soci::use(email, "email");
            sql << "INSERT INTO user_groups (user_id, name) VALUES (:id, 'staff')", soci::use(id, "id");
        }
        sql << "COMMIT";
        return users;
    }

    void add_sessions(std::size_t count, const std::vector<public_id>& users) {
        const auto database = open();
        const auto sql = database->connect();
        *sql << "PRAGMA cache_size = -400000";
        *sql << "BEGIN";
        {
            insert_session insert(*sql);
            for (std::size_t i = 0; i < count; ++i)
                insert(entry(users[random_() % users.size()]));
        }
        *sql << "COMMIT";
    }

    double syncs_per_second() const {
        const std::string path = directory_ / "fsync";
        const int fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
        const std::string page(4096, 'x');
        const auto begin = stopwatch::now();
        std::size_t count = 0;
        for (; seconds_since(begin) < 1.0; ++count)
            if (::write(fd, page.data(), page.size()) != static_cast<ssize_t>(page.size()) || ::fdatasync(fd) != 0)
                throw std::runtime_error("cannot write to " + path);
        ::close(fd);
        ::unlink(path.c_str());
        return static_cast<double>(count) / seconds_since(begin);
    }

private:
    void fill(std::array<std::uint8_t, 32>& bytes) {
        for (std::uint8_t& byte : bytes)
            byte = static_cast<std::uint8_t>(random_());
    }

    std::filesystem::path directory_;
    database_options options_;
    std::unique_ptr<latchkey::clock> time_ = make_system_clock();
    silent log_;
    std::mt19937_64 random_{1};
};

void measure_load(std::size_t sessions, std::size_t users) {
    workshop shop;
    const auto ids = shop.add_users(users);
    const auto empty = std::filesystem::file_size(shop.file());
    shop.add_sessions(sessions, ids);
    const auto size = std::filesystem::file_size(shop.file());
    std::printf("database: %.0f bytes a session\n", static_cast<double>(size - empty) / static_cast<double>(sessions));
    for (int round = 0; round < 3; ++round) {
        const auto begin = stopwatch::now();
        const double cpu = cpu_seconds();
        auto database = shop.open();
        const double opened = seconds_since(begin);
        const auto store = shop.store(shop.journal(database));
        std::printf("%zu sessions: opened and checked %.2f s, loaded %.2f s, together %.2f s (%.2f s of CPU)\n",
                    store->size(), opened, seconds_since(begin) - opened, seconds_since(begin), cpu_seconds() - cpu);
    }
}

struct load {
    session_journal& journal;
    workshop& shop;
    public_id user;
    stopwatch::time_point end;
    std::size_t commits = 0;
};

task<void> log_in_and_out(load& shared) {
    while (stopwatch::now() < shared.end) {
        journal_change begin;
        begin.insert = shared.shop.entry(shared.user);
        const auto begun = co_await shared.journal.commit(begin);
        journal_change end;
        end.erase.push_back(begin.insert->id);
        const auto ended = co_await shared.journal.commit(end);
        if (!begun || !ended)
            throw std::runtime_error("a commit failed");
        shared.commits += 2;
    }
}

void measure_commits(int rounds, int clients, std::size_t sessions) {
    workshop shop;
    if (sessions > 0)
        shop.add_sessions(sessions, shop.add_users(1000));
    auto journal = shop.journal(shop.open());
    journal->load([](const journal_entry&, const profile_ptr&) {});
    std::vector<double> ratios;
    for (int round = 0; round < rounds; ++round) {
        const double syncs = shop.syncs_per_second();
        boost::asio::io_context io(1);
        const auto begin = stopwatch::now();
        load shared{*journal, shop, random_public_id(), begin + std::chrono::seconds(1)};
        for (int i = 0; i < clients; ++i)
            boost::asio::co_spawn(io, log_in_and_out(shared), boost::asio::detached);
        io.run();
        const double commits = static_cast<double>(shared.commits) / seconds_since(begin);
        ratios.push_back(commits / syncs);
        std::printf("%.0f fsyncs/s, %d clients: %.0f commits/s, %.1f times\n", syncs, clients, commits, ratios.back());
    }
    std::printf("median: %.1f times the single fsync rate\n", median(ratios));
}

std::size_t number(int argc, char** argv, int at, std::size_t otherwise) {
    return argc > at ? std::stoul(argv[at]) : otherwise;
}

}  // namespace

int main(int argc, char** argv) try {
    const std::string what = argc > 1 ? argv[1] : "";
    latchkey::init_crypto();
    if (what == "load")
        measure_load(number(argc, argv, 2, 1'000'000), number(argc, argv, 3, 50'000));
    else if (what == "commits")
        measure_commits(static_cast<int>(number(argc, argv, 2, 5)), static_cast<int>(number(argc, argv, 3, 64)),
                        number(argc, argv, 4, 0));
    else
        throw std::runtime_error(
            "usage: bench_journal load [sessions] [users] | commits [seconds] [clients] [sessions]");
} catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
}
