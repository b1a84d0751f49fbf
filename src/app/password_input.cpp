#include "password_input.hpp"

#include "owned_fd.hpp"
#include "password_policy.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <span>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

namespace latchkey {
namespace {

const failure no_terminal{exit_usage, "no_terminal",
                          "There is no terminal to ask on: use --password-stdin or --generate."};
const failure interrupted{exit_refused, "interrupted", "Interrupted; nothing was changed."};
const failure unreadable_password{exit_refused, "no_password", "The password cannot be read."};
const failure too_long{exit_refused, "password_too_long", "The password is longer than 1024 bytes."};
const failure no_password{exit_refused, "no_password", "No password was given."};
const failure passwords_differ{exit_refused, "passwords_differ", "The two passwords differ."};

// Fills `line` up to a newline or the end of input. Byte by byte, so that what
// follows is left to the next reader.
attempt<std::size_t> read_line(int fd, std::span<char> line) {
    std::size_t size = 0;
    for (;;) {
        char byte = 0;
        const auto got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return unreadable_password;
        if (got == 0 || byte == '\n')
            return size;
        if (size == line.size())
            return too_long;
        line[size++] = byte;
    }
}

// Holds back the signals that would end the process, so that it never ends with the terminal's echo off. They take
// effect when this goes.
class held_signals {
public:
    held_signals() {
        sigemptyset(&set_);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP})
            sigaddset(&set_, signal);
        pthread_sigmask(SIG_BLOCK, &set_, &before_);
    }
    held_signals(const held_signals&) = delete;
    held_signals& operator=(const held_signals&) = delete;
    ~held_signals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

    // True when `fd` can be read, false when a signal came first.
    bool wait_for(int fd) const {
        const owned_fd signals(signalfd(-1, &set_, SFD_CLOEXEC));
        std::array<pollfd, 2> events{{{fd, POLLIN, 0}, {signals.get(), POLLIN, 0}}};
        while (poll(events.data(), events.size(), -1) < 0 && errno == EINTR) {
        }
        return (events[1].revents & POLLIN) == 0;
    }

private:
    sigset_t set_{};
    sigset_t before_{};
};

class echo_off {
public:
    explicit echo_off(int fd) : fd_(fd) {
        if (tcgetattr(fd, &before_) != 0)
            return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
        done_ = tcsetattr(fd, TCSAFLUSH, &quiet) == 0;
    }
    echo_off(const echo_off&) = delete;
    echo_off& operator=(const echo_off&) = delete;
    ~echo_off() {
        if (done_)
            tcsetattr(fd_, TCSAFLUSH, &before_);
    }
    explicit operator bool() const noexcept { return done_; }

private:
    int fd_;
    termios before_{};
    bool done_ = false;
};

void say(int fd, std::string_view text) {
    (void)!write(fd, text.data(), text.size());
}

attempt<secret> ask(int terminal, const held_signals& signals, const std::string& prompt) {
    say(terminal, prompt);
    if (!signals.wait_for(terminal))
        return interrupted;
    auto answer = read_password_line(terminal);
    say(terminal, "\n");
    return answer;
}

owned_fd open_terminal(const char* path) {
    return owned_fd(open(path, O_RDWR | O_CLOEXEC | O_NOCTTY));
}

}  // namespace

attempt<secret> read_password_line(int fd) {
    secret line = secret::of_size(longest_password);
    const auto size = read_line(fd, line.writable());
    if (!size)
        return size.error();
    if (*size == 0)
        return no_password;
    return secret(line.reveal().substr(0, *size));
}

attempt<secret> ask_for_new_password(const char* terminal, const std::string& whose) {
    const owned_fd tty = open_terminal(terminal);
    if (!tty)
        return no_terminal;
    const held_signals signals;
    const echo_off quiet(tty.get());
    if (!quiet)
        return no_terminal;
    auto first = ask(tty.get(), signals, "New password for " + whose + ": ");
    if (!first)
        return first;
    const auto second = ask(tty.get(), signals, "The same again: ");
    if (!second)
        return second.error();
    if (first->reveal() != second->reveal())
        return passwords_differ;
    return first;
}

attempt<bool> ask_yes_or_no(const char* terminal, const std::string& question) {
    const owned_fd tty = open_terminal(terminal);
    if (!tty)
        return no_terminal;
    say(tty.get(), question + " Type \"yes\": ");
    std::array<char, 64> line{};
    const auto size = read_line(tty.get(), line);
    return size && std::string_view(line.data(), *size) == "yes";
}

}  // namespace latchkey
