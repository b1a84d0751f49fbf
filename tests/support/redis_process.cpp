#include "redis_process.hpp"

#include "free_port.hpp"

#include <csignal>
#include <stdexcept>
#include <utility>

#include <unistd.h>

namespace latchkey::test {

namespace {

void end_gently(child_process& process) {
    process.send_signal(SIGCONT);  // one that a test has stopped could not end
    process.send_signal(SIGTERM);
    (void)process.wait();
}

void await_line(child_process& process, const std::string& line) {
    if (!process.wait_for_output([&](const std::string& said) { return said.find(line) != said.npos; }))
        throw std::runtime_error("Redis does not say \"" + line + "\": " + process.output() + process.errors());
}

}  // namespace

std::string redis_program() {
    for (const char* path : {"/usr/bin/redis-server", "/usr/local/bin/redis-server"})
        if (::access(path, X_OK) == 0)
            return path;
    return {};
}

redis_lines durable_redis() {
    return {"appendonly yes", "appendfsync always"};
}

redis_process::redis_process(redis_lines settings) : settings_(std::move(settings)), port_(free_port()) {
    start();
}

redis_process::~redis_process() {
    if (process_)
        end_gently(*process_);
}

std::string redis_process::tell(std::vector<std::string> words, const std::string& password) const {
    child_options options;
    options.argv = {"/usr/bin/redis-cli", "-p", std::to_string(port_)};
    options.argv.insert(options.argv.end(), words.begin(), words.end());
    if (!password.empty())
        options.environment["REDISCLI_AUTH"] = password;
    return run_program(options).output;
}

void redis_process::kill() {
    process_->send_signal(SIGKILL);
    (void)process_->wait();
    process_.reset();
}

void redis_process::stop() {
    end_gently(*process_);
    process_.reset();
}

void redis_process::launch(const redis_lines& more) {
    std::string text = "port " + std::to_string(port_) + "\nbind 127.0.0.1\nunixsocket " + socket() + "\ndir " +
                       directory_.path().string() + "\nsave \"\"\n";
    redis_lines lines = settings_;
    lines.insert(lines.end(), more.begin(), more.end());
    for (const std::string& line : lines)
        text += line + '\n';
    write_file(directory_ / "redis.conf", text);
    child_options options;
    options.argv = {redis_program(), directory_ / "redis.conf"};
    process_ = std::make_unique<child_process>(options);
}

void redis_process::start(const redis_lines& more) {
    launch(more);
    await_line(*process_, "The server is now ready to accept connections at");
}

redis_sentinel::redis_sentinel(const redis_process& master, redis_lines settings) : port_(free_port()) {
    // It writes what it finds out into its file.
    std::string text = "port " + std::to_string(port_) + "\nbind 127.0.0.1\ndir " + directory_.path().string() +
                       "\nsentinel monitor mymaster 127.0.0.1 " + std::to_string(master.port()) +
                       " 1\nsentinel down-after-milliseconds mymaster 200\n"
                       "sentinel failover-timeout mymaster 2000\n";
    for (const std::string& line : settings)
        text += line + '\n';
    write_file(directory_ / "sentinel.conf", text);
    child_options options;
    options.argv = {redis_program(), directory_ / "sentinel.conf", "--sentinel"};
    process_ = std::make_unique<child_process>(options);
    await_line(*process_, "+monitor master mymaster");
}

void redis_sentinel::await(const std::string& line) {
    await_line(*process_, line);
}

redis_sentinel::~redis_sentinel() {
    end_gently(*process_);
}

}  // namespace latchkey::test
