#include "child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace latchkey::test {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

struct pipe_ends {
    unique_fd read, write;
    pipe_ends() {
        std::array<int, 2> fds{};
        if (::pipe2(fds.data(), O_CLOEXEC) != 0)
            fail("pipe2");
        read.reset(fds[0]);
        write.reset(fds[1]);
    }
};

std::vector<std::string> environment_for(const child_options& options) {
    std::vector<std::string> out;
    for (char** entry = environ; *entry; ++entry) {
        const std::string text = *entry;
        if (!options.environment.contains(text.substr(0, text.find('='))))
            out.push_back(text);
    }
    for (const auto& [name, value] : options.environment)
        out.push_back(name + '=' + value);
    return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (auto& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

// In the child, after fork: only what is safe there when the parent has threads.
[[noreturn]] void become(const child_options& options, char* const* argv, char* const* env, int in, int out, int err,
                         pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
        ::_exit(127);
    if (options.max_open_files) {
        const rlimit limit{*options.max_open_files, *options.max_open_files};
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0)
        ::_exit(127);
    ::signal(SIGPIPE, SIG_DFL);
    ::execve(argv[0], argv, env);
    ::_exit(127);
}

void write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto n = ::write(fd, text.data(), text.size());
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;  // the program did not want to read it
        text.remove_prefix(static_cast<std::size_t>(n));
    }
}

}  // namespace

child_process::child_process(const child_options& options) {
    ::signal(SIGPIPE, SIG_IGN);
    pipe_ends in, out, err;
    auto arguments = options.argv;
    auto environment = environment_for(options);
    const auto argv = pointers(arguments);
    const auto env = pointers(environment);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0)
        fail("fork");
    if (pid_ == 0)
        become(options, argv.data(), env.data(), in.read.get(), out.write.get(), err.write.get(), parent);
    output_pipe_ = std::move(out.read);
    error_pipe_ = std::move(err.read);
    collector_ = std::thread([this] { collect(output_pipe_.get(), error_pipe_.get()); });
    waiter_ = std::thread([this] { await_end(); });
    in.read.reset();
    write_all(in.write.get(), options.input);
}

child_process::~child_process() {
    send_signal(SIGKILL);
    waiter_.join();
    ::waitpid(pid_, nullptr, 0);
    collector_.join();
}

void child_process::collect(int output, int errors) {
    std::array<pollfd, 2> fds{pollfd{output, POLLIN, 0}, pollfd{errors, POLLIN, 0}};
    std::array<std::string*, 2> sinks{&output_, &errors_};
    std::array<char, 16384> buffer;
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        if (::poll(fds.data(), fds.size(), -1) < 0)
            continue;
        for (std::size_t i = 0; i < fds.size(); ++i) {
            if (fds[i].fd < 0 || fds[i].revents == 0)
                continue;
            const auto n = ::read(fds[i].fd, buffer.data(), buffer.size());
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0) {
                fds[i].fd = -1;
                continue;
            }
            const std::lock_guard lock(mutex_);
            sinks[i]->append(buffer.data(), static_cast<std::size_t>(n));
            changed_.notify_all();
        }
    }
    const std::lock_guard lock(mutex_);
    collected_ = true;
    changed_.notify_all();
}

void child_process::await_end() {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    status_ = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    changed_.notify_all();
}

bool child_process::running() const {
    const std::lock_guard lock(mutex_);
    return !ended_;
}

void child_process::send_signal(int number) {
    const std::lock_guard lock(mutex_);
    if (!ended_)
        ::kill(pid_, number);
}

std::optional<int> child_process::wait(deadline until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until.time(), [this] { return ended_ && collected_; });
    return ended_ ? status_ : std::nullopt;
}

std::string child_process::output() const {
    const std::lock_guard lock(mutex_);
    return output_;
}

std::string child_process::errors() const {
    const std::lock_guard lock(mutex_);
    return errors_;
}

bool child_process::wait_for_output(const std::function<bool(const std::string&)>& found, deadline until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until.time(), [&] { return collected_ || found(output_); });
    return found(output_);
}

run_result run_program(const child_options& options, deadline until) {
    child_process child(options);
    const auto status = child.wait(until);
    if (!status)
        throw std::runtime_error(options.argv.front() + " does not end; it said: " + child.output() + child.errors());
    return {*status, child.output(), child.errors()};
}

}  // namespace latchkey::test
