// A Redis of the test's own, on a port and a Unix socket, with its files in a directory of the object's.
#pragma once

#include "child_process.hpp"
#include "temp_dir.hpp"

#include <csignal>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace latchkey::test {

// "" when there is none.
std::string redis_program();

// Lines of redis.conf.
using redis_lines = std::vector<std::string>;

// What it says yes to is on the disk: SIGKILL loses nothing.
redis_lines durable_redis();

class redis_process {
public:
    // `settings`: further lines. Returns when it answers. Throws std::runtime_error.
    explicit redis_process(redis_lines settings = {});
    // The end.
    ~redis_process();
    redis_process(const redis_process&) = delete;
    redis_process& operator=(const redis_process&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    std::string url() const { return "redis://" + address(); }
    std::string socket() const { return directory_ / "redis.sock"; }
    const temp_dir& directory() const noexcept { return directory_; }
    // As a line for another one, which becomes its replica.
    std::string as_master() const { return "replicaof 127.0.0.1 " + std::to_string(port_); }

    // What redis-cli prints for that command.
    std::string tell(std::vector<std::string> words, const std::string& password = {}) const;

    void send_signal(int number) { process_->send_signal(number); }
    void freeze() { send_signal(SIGSTOP); }
    void thaw() { send_signal(SIGCONT); }
    // SIGKILL, and the end.
    void kill();
    // SIGTERM, and the end: it saves first what it is to save.
    void stop();
    // Again, over the same files and on the same port, with further lines.
    void start(const redis_lines& more = {});
    // The same, and does not wait: it may still have much to load.
    void launch(const redis_lines& more = {});

private:
    temp_dir directory_;
    redis_lines settings_;
    std::uint16_t port_;
    std::unique_ptr<child_process> process_;
};

// A sentinel that watches over one master, "mymaster", alone, and replaces it when it is away for a fifth of a second.
class redis_sentinel {
public:
    explicit redis_sentinel(const redis_process& master, redis_lines settings = {});
    ~redis_sentinel();
    redis_sentinel(const redis_sentinel&) = delete;
    redis_sentinel& operator=(const redis_sentinel&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }
    void send_signal(int number) { process_->send_signal(number); }
    // Until it has said that line, or part of one. Throws std::runtime_error.
    void await(const std::string& line);

private:
    temp_dir directory_;
    std::uint16_t port_;
    std::unique_ptr<child_process> process_;
};

}  // namespace latchkey::test
