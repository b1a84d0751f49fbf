// A program run by a test: its output collected, its end awaited, and killed when forgotten.
//
// Standard output and error are read all the time by a thread of this object, so that the child never blocks on them;
// another one waits for the end. All members are for the thread that made the object.
#pragma once

#include "deadline.hpp"
#include "unique_fd.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace latchkey::test {

struct child_options {
    std::vector<std::string> argv;                   // argv[0] is the path of the program
    std::map<std::string, std::string> environment;  // added to, or put in place of, this process's own
    std::string input;                               // what standard input holds; small
    std::string directory;                           // where it runs; empty: here
    std::optional<unsigned> max_open_files;          // RLIMIT_NOFILE, soft and hard
};

class child_process {
public:
    // Throws std::system_error when there can't be a process. A program that can't be executed exits with 127.
    explicit child_process(const child_options& options);
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    // SIGKILL for whoever is still there.
    ~child_process();

    pid_t pid() const noexcept { return pid_; }
    bool running() const;
    void send_signal(int number);

    // The exit code, 128 + n for one that died of signal n; nothing while it still runs at the deadline.
    std::optional<int> wait(deadline until = deadline{});

    // What was written so far.
    std::string output() const;
    std::string errors() const;
    // Until `found` likes the standard output so far; false when the process ended or the time passed before.
    bool wait_for_output(const std::function<bool(const std::string&)>& found, deadline until = deadline{});

private:
    void collect(int output, int errors);
    void await_end();

    pid_t pid_ = -1;
    unique_fd output_pipe_, error_pipe_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string output_, errors_;
    bool ended_ = false;      // a zombie: its pid stays its own until reaped
    bool collected_ = false;  // both pipes are at their end
    std::optional<int> status_;
    std::thread collector_, waiter_;
};

struct run_result {
    int status = -1;
    std::string output;
    std::string errors;
};

// Runs a program to its end. Throws std::runtime_error when it does not come to one.
run_result run_program(const child_options& options, deadline until = deadline{});

}  // namespace latchkey::test
