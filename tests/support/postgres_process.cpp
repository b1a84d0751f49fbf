#include "postgres_process.hpp"

#include "free_port.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <poll.h>
#include <unistd.h>

namespace latchkey::test {
namespace {

namespace fs = std::filesystem;

// What it takes to run something as somebody whom PostgreSQL accepts.
std::vector<std::string> as_postgres(std::vector<std::string> words) {
    if (::geteuid() == 0)
        words.insert(words.begin(), {"/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"});
    return words;
}

std::string must_succeed(std::vector<std::string> argv) {
    child_options options;
    options.argv = std::move(argv);
    const auto done = run_program(options);
    if (done.status != 0)
        throw std::runtime_error(options.argv[0] + ": " + done.output + done.errors);
    return done.output;
}

void give_to_postgres(const std::string& path) {
    if (::geteuid() == 0)
        must_succeed({"/bin/chown", "-R", "postgres:postgres", path});
}

// Made in a directory of its own and then moved: of several at once, one wins.
void make_files(const std::string& at, const fs::path& cache) {
    const std::string fresh = at + "/fresh";
    fs::create_directory(fresh);
    give_to_postgres(at);
    must_succeed(as_postgres({postgres_directory() + "/initdb", "-D", fresh, "-U", "latchkey", "-A", "trust", "-E",
                              "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1", "--no-instructions"}));
    const fs::path mine = cache.string() + "." + std::to_string(::getpid());
    try {
        must_succeed({"/bin/cp", "-a", fresh, mine});
        fs::rename(mine, cache);
    } catch (const std::exception&) {  // somebody was quicker, or there is no place for it
        std::error_code ignored;
        fs::remove_all(mine, ignored);
    }
    fs::rename(fresh, at + "/data");
}

}  // namespace

std::string postgres_directory() {
    for (const char* path : {"/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/17/bin"})
        if (::access((std::string(path) + "/postgres").c_str(), X_OK) == 0)
            return path;
    return {};
}

postgres_process::postgres_process(std::vector<std::string> settings)
    : settings_(std::move(settings)), port_(free_port()) {
    const fs::path cache = fs::read_symlink("/proc/self/exe").parent_path() / "postgres-template";
    if (fs::exists(cache)) {
        must_succeed({"/bin/cp", "-a", cache, directory_ / "data"});
        give_to_postgres(directory_.path());
    } else {
        make_files(directory_.path(), cache);
    }
    start();
}

postgres_process::~postgres_process() {
    try {
        signal_all(SIGCONT);
        kill();
    } catch (const std::exception&) {
    }
}

std::string postgres_process::url(const std::string& database) const {
    return "postgresql://latchkey@127.0.0.1:" + std::to_string(port_) + '/' + database;
}

std::string postgres_process::tell(const std::string& sql, const std::string& database) const {
    return must_succeed(
        {postgres_directory() + "/psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, url(database)});
}

void postgres_process::make_database(const std::string& name) {
    tell("CREATE DATABASE " + name + " TEMPLATE template0");
}

std::vector<pid_t> postgres_process::processes() const {
    std::vector<pid_t> all;
    if (!process_)
        return all;
    all.push_back(process_->pid());
    const auto pid = std::to_string(process_->pid());
    std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
    for (pid_t one = 0; children >> one;)
        all.push_back(one);
    return all;
}

void postgres_process::signal_all(int number) const {
    for (const pid_t one : processes())
        ::kill(one, number);
}

void postgres_process::freeze() {
    signal_all(SIGSTOP);
}

void postgres_process::thaw() {
    signal_all(SIGCONT);
}

void postgres_process::kill() {
    if (!process_)
        return;
    process_->send_signal(SIGSTOP);  // it makes no more of them
    const auto all = processes();
    for (const pid_t one : all)
        ::kill(one, SIGKILL);
    (void)process_->wait();
    // Not its children any more, they are somebody else's to reap: gone is what has no memory.
    for (const pid_t one : all)
        for (const deadline until; fs::exists("/proc/" + std::to_string(one) + "/exe") && !until.passed();)
            ::poll(nullptr, 0, 1);
    process_.reset();
}

void postgres_process::stop() {
    process_->send_signal(SIGINT);
    (void)process_->wait();
    process_.reset();
}

void postgres_process::start() {
    std::vector<std::string> words{postgres_directory() + "/postgres",
                                   "-D",
                                   directory_ / "data",
                                   "-p",
                                   std::to_string(port_),
                                   "-c",
                                   "listen_addresses=127.0.0.1",
                                   "-c",
                                   "unix_socket_directories=",
                                   "-c",
                                   "shared_buffers=16MB",
                                   "-c",
                                   "max_wal_size=64MB"};
    std::vector<std::string> settings{"fsync=off", "full_page_writes=off"};
    settings.insert(settings.end(), settings_.begin(), settings_.end());
    for (const auto& one : settings)
        words.insert(words.end(), {"-c", one});
    child_options options;
    options.argv = {"/bin/sh", "-c", "exec \"$@\" 2>&1", "sh"};
    for (auto& word : as_postgres(std::move(words)))
        options.argv.push_back(word);
    options.directory = "/";
    process_ = std::make_unique<child_process>(options);
    const auto ready = [](const std::string& said) {
        return said.find("database system is ready to accept connections") != said.npos;
    };
    if (!process_->wait_for_output(ready))
        throw std::runtime_error("PostgreSQL does not start: " + process_->output());
}

}  // namespace latchkey::test
