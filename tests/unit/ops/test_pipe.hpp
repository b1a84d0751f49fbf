// A pipe whose write end is found under a path, for sinks that open files.
#pragma once

#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace latchkey {

class test_pipe {
public:
    test_pipe() {
        if (::pipe2(ends_, O_CLOEXEC | O_NONBLOCK) != 0)
            ends_[0] = ends_[1] = -1;
    }
    ~test_pipe() {
        close_reader();
        ::close(ends_[1]);
    }
    test_pipe(const test_pipe&) = delete;
    test_pipe& operator=(const test_pipe&) = delete;

    // Opening it makes a descriptor of its own, with its own flags.
    std::string path() const { return "/proc/self/fd/" + std::to_string(ends_[1]); }

    int write_end() const { return ends_[1]; }

    // Until not one more byte goes in.
    void fill() {
        const std::string block(4096, '.');
        while (::write(ends_[1], block.data(), block.size()) > 0) {
        }
        while (::write(ends_[1], ".", 1) > 0) {
        }
    }

    // What is in it now.
    std::string drain() {
        std::string out;
        char block[4096];
        ssize_t n = 0;
        while ((n = ::read(ends_[0], block, sizeof block)) > 0)
            out.append(block, static_cast<std::size_t>(n));
        return out;
    }

    void close_reader() {
        if (ends_[0] >= 0)
            ::close(ends_[0]);
        ends_[0] = -1;
    }

private:
    int ends_[2];
};

}  // namespace latchkey
