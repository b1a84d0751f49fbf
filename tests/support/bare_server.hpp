// The program, run as roughly as a test likes: killed in the middle of anything, started without waiting, expected to
// refuse.
//
// Configuration, database and port are those of a latchkey_server that does not run itself (server_setup::start =
// false). Its ask() and connect() reach this one.
#pragma once

#include "latchkey_server.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::test {

class bare_server {
public:
    // `home` must outlive this object.
    explicit bare_server(const latchkey_server& home, std::map<std::string, std::string> environment = {})
        : home_(home), environment_(std::move(environment)) {}

    // Does not wait for anything.
    void launch();
    // True when it is ready, false when it has ended. Throws std::runtime_error when neither comes to pass.
    bool wait_until_ready();
    // Both. Throws std::runtime_error, with what it said, when it ends instead.
    void start();

    // SIGKILL and the end; the exit code that it had before that, if it had ended.
    std::optional<int> kill();
    // SIGTERM and the end: the exit code. Throws std::runtime_error when it does not end.
    int stop();
    // Waits for its end: the exit code. Throws std::runtime_error when there is none.
    int wait();
    void send_signal(int number) { process_->send_signal(number); }
    pid_t pid() const { return process_->pid(); }

    bool running() const { return process_ && process_->running(); }
    const latchkey_server& home() const noexcept { return home_; }
    // Of the last run.
    std::string output() const { return process_ ? process_->output() : std::string{}; }
    std::string errors() const { return process_ ? process_->errors() : std::string{}; }
    // The same, line by line, without its warnings.
    std::vector<std::string> complaints() const;

private:
    const latchkey_server& home_;
    std::map<std::string, std::string> environment_;
    std::unique_ptr<child_process> process_;
};

}  // namespace latchkey::test
