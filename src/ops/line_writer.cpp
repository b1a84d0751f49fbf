#include "line_writer.hpp"

#include <climits>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

int open_to_append(const std::string& path) noexcept {
    return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0640);
}

bool is_same_file(int a, int b) noexcept {
    struct stat one {};
    struct stat other {};
    return ::fstat(a, &one) == 0 && ::fstat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// O_NONBLOCK belongs to the open file, which standard output shares with other processes: they must not find it
// changed. Pipes and terminals can be opened a second time; where that is not allowed, poll() and small writes have
// to do.
int open_standard_output() {
    struct stat info {};
    if (::fstat(STDOUT_FILENO, &info) != 0)
        fail("standard output");
    if (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode)) {
        const int own = ::open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        if (own >= 0)
            return own;
    }
    const int copy = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (copy < 0)
        fail("standard output");
    return copy;
}

}  // namespace

line_writer line_writer::file(const std::string& path, milliseconds patience, std::string_view key) {
    const int descriptor = open_to_append(path);
    if (descriptor < 0)
        fail(std::string(key) + ": " + path);
    return {descriptor, path, patience};
}

line_writer line_writer::standard_output(milliseconds patience) {
    return {open_standard_output(), {}, patience};
}

line_writer::line_writer(int descriptor, std::string path, milliseconds patience) noexcept
    : path_(std::move(path)), patience_(patience) {
    adopt(descriptor);
}

void line_writer::adopt(int descriptor) noexcept {
    descriptor_ = descriptor;
    struct stat info {};
    socket_ = ::fstat(descriptor, &info) == 0 && S_ISSOCK(info.st_mode);
}

// Before any other thread knows it.
line_writer::line_writer(line_writer&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      socket_(other.socket_),
      patience_(other.patience_) {
}

line_writer::~line_writer() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

bool line_writer::write(std::string_view line) noexcept {
    if (torn_ && put("\n") == 0)
        return false;
    torn_ = false;
    const std::size_t sent = put(line);
    torn_ = sent != 0 && sent < line.size();
    return sent == line.size();
}

std::error_code line_writer::reopen() noexcept {
    if (path_.empty())
        return {};
    const int fresh = open_to_append(path_);
    if (fresh < 0)
        return {errno, std::generic_category()};
    // A torn line is of concern to the next one only within the same file.
    torn_ = torn_ && is_same_file(fresh, descriptor_);
    stalled_ = false;
    ::close(descriptor_);
    adopt(fresh);
    return {};
}

void line_writer::hurry(milliseconds left) noexcept {
    end_.store(steady::now() + left, std::memory_order_relaxed);
}

// How much went out.
std::size_t line_writer::put(std::string_view bytes) noexcept {
    const auto until = deadline();
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        if (!wait_until_writable(until))
            break;
        // What poll() calls writable takes PIPE_BUF bytes at once, even where the descriptor could block.
        const auto part = bytes.substr(sent, PIPE_BUF);
        const ssize_t n = socket_ ? ::send(descriptor_, part.data(), part.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                                  : ::write(descriptor_, part.data(), part.size());
        if (n > 0) {
            sent += static_cast<std::size_t>(n);
            stalled_ = false;
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR) || steady::now() >= until) {
            break;
        }
    }
    return sent;
}

bool line_writer::wait_until_writable(steady::time_point until) noexcept {
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(until - steady::now()).count();
        pollfd one{descriptor_, POLLOUT, 0};
        const int ready = ::poll(&one, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX)));
        if (ready > 0)
            return true;  // an error condition too: write() names it
        if (ready == 0) {
            stalled_ = true;
            return false;
        }
        if (errno != EINTR)
            return false;
    }
}

line_writer::steady::time_point line_writer::deadline() const noexcept {
    return std::min(steady::now() + (stalled_ ? milliseconds(0) : patience_), end_.load(std::memory_order_relaxed));
}

}  // namespace latchkey
