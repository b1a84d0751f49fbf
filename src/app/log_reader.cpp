#include "log_reader.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

constexpr std::size_t log_block = 64 * 1024;
constexpr std::size_t longest_log_line = 1024 * 1024;  // of a foreign file: the server's own have 8 KiB at most

// Up to `size` bytes at `at`; fewer at the end of the file or where it cannot be read.
std::string bytes_at(int file, std::size_t at, std::size_t size) {
    std::string out(size, '\0');
    std::size_t got = 0;
    while (got < size) {
        const auto n = ::pread(file, out.data() + got, size - got, static_cast<off_t>(at + got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        got += static_cast<std::size_t>(n);
    }
    out.resize(got);
    return out;
}

std::size_t size_of(int file) {
    struct stat info {};
    return ::fstat(file, &info) == 0 ? static_cast<std::size_t>(info.st_size) : 0;
}

}  // namespace

std::error_code log_reader::open() {
    owned_fd fresh(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat info {};
    if (!fresh || ::fstat(fresh.get(), &info) != 0)
        return {errno, std::generic_category()};
    if (!S_ISREG(info.st_mode))
        return std::make_error_code(std::errc::invalid_argument);
    file_.emplace(std::move(fresh));
    at_ = 0;
    partial_.clear();
    return {};
}

// From the end, block by block: logs are long.
std::vector<std::string> log_reader::last(std::size_t count) {
    std::vector<std::string> newest_first;
    std::size_t begin = size_of(file_->get());
    std::string text;  // from `begin` up to the newline of the last line that is not yet taken
    bool at_end = true;
    while (begin > 0 && (at_end || newest_first.size() < count) && text.size() <= longest_log_line) {
        const std::size_t step = std::min(begin, log_block);
        begin -= step;
        text.insert(0, bytes_at(file_->get(), begin, step));
        if (at_end) {
            const auto newline = text.rfind('\n');
            if (newline == std::string::npos)
                continue;
            at_ = begin + newline + 1;
            text.resize(newline);
            at_end = false;
        }
        // All but the first line are whole.
        while (newest_first.size() < count) {
            const auto newline = text.rfind('\n');
            if (newline == std::string::npos && begin != 0)
                break;
            const std::size_t first = newline == std::string::npos ? 0 : newline + 1;
            if (const auto line = std::string_view(text).substr(first); wanted_(line))
                newest_first.emplace_back(line);
            if (newline == std::string::npos)
                break;
            text.resize(newline);
        }
    }
    std::reverse(newest_first.begin(), newest_first.end());
    return newest_first;
}

std::vector<std::string> log_reader::more() {
    std::vector<std::string> lines;
    read_on(lines);
    if (has_successor()) {
        read_on(lines);  // whoever writes to the new file has written its last to this one
        if (!open())
            read_on(lines);
    }
    return lines;
}

void log_reader::read_on(std::vector<std::string>& lines) {
    if (size_of(file_->get()) < at_) {  // truncated: it begins anew
        at_ = 0;
        partial_.clear();
    }
    for (;;) {
        const auto block = bytes_at(file_->get(), at_, log_block);
        if (block.empty())
            return;
        at_ += block.size();
        partial_ += block;
        std::size_t begin = 0;
        for (auto newline = partial_.find('\n'); newline != std::string::npos; newline = partial_.find('\n', begin)) {
            if (const auto line = std::string_view(partial_).substr(begin, newline - begin); wanted_(line))
                lines.emplace_back(line);
            begin = newline + 1;
        }
        partial_.erase(0, begin);
        if (partial_.size() > longest_log_line)
            partial_.clear();
    }
}

// Another file has the name now, and something has been written to it.
bool log_reader::has_successor() const {
    struct stat mine {};
    struct stat named {};
    return ::fstat(file_->get(), &mine) == 0 && ::stat(path_.c_str(), &named) == 0 && named.st_size > 0 &&
           (named.st_ino != mine.st_ino || named.st_dev != mine.st_dev);
}

}  // namespace latchkey
