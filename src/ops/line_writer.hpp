// Writes lines to a descriptor that may misbehave: a full disk, a closed pipe, a reader that stopped reading.
//
// A line that cannot be written is given up; nothing ever waits without bound (requirement A4). Used by one thread, the
// log's own, except for hurry(). SIGPIPE must be blocked or ignored there.
#pragma once

#include <latchkey/clock.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>

namespace latchkey {

class line_writer {
public:
    // `patience`: how long write() waits for a descriptor that takes nothing. Once it was in vain, write() does not
    // wait again until something went out.
    //
    // Appends to `path`, made with mode 0640 when missing. Throws std::system_error, which begins with `key`: how the
    // configuration calls that file.
    static line_writer file(const std::string& path, milliseconds patience, std::string_view key = "log.file");
    // Shares the process's standard output with others. Throws std::system_error when it is closed.
    static line_writer standard_output(milliseconds patience);

    line_writer(line_writer&& other) noexcept;
    line_writer& operator=(line_writer&&) = delete;
    ~line_writer();

    // `line` with its newline. False when it was lost, wholly or from some byte on; the next line then starts afresh.
    bool write(std::string_view line) noexcept;

    // Goes on in the file that has the path of file() now. Where it cannot be opened: the error, and everything goes on
    // in the old one. Nothing to do for standard output.
    std::error_code reopen() noexcept;

    std::string_view path() const noexcept { return path_; }  // empty: standard output

    // From now on all waits together take at most `left`. From any thread.
    void hurry(milliseconds left) noexcept;

private:
    using steady = std::chrono::steady_clock;

    line_writer(int descriptor, std::string path, milliseconds patience) noexcept;
    void adopt(int descriptor) noexcept;
    std::size_t put(std::string_view bytes) noexcept;
    bool wait_until_writable(steady::time_point deadline) noexcept;
    steady::time_point deadline() const noexcept;

    int descriptor_ = -1;
    std::string path_;  // empty: standard output
    bool socket_ = false;
    milliseconds patience_;
    bool stalled_ = false;  // the last wait was in vain
    bool torn_ = false;     // the last line is incomplete
    std::atomic<steady::time_point> end_{steady::time_point::max()};
};

}  // namespace latchkey
