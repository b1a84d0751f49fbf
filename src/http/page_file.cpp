#include "page_file.hpp"

#include "page_texts.hpp"
#include "utf8.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace latchkey::http {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_file = 256 * 1024;
constexpr std::size_t most_languages = 64;

class open_file {
public:
    // Not blocking, so that a FIFO is refused rather than waited for.
    explicit open_file(const std::string& path) noexcept
        : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    ~open_file() {
        if (fd_ >= 0)
            ::close(fd_);
    }
    int fd() const noexcept { return fd_; }

private:
    int fd_;
};

std::string system_fault() {
    return std::string("cannot be read: ") + std::strerror(errno);
}

// Reads to the end; false with errno set.
bool read_all(int fd, std::string& into) {
    std::string block(16 * 1024, '\0');
    while (into.size() <= largest_file) {
        const auto got = ::read(fd, block.data(), block.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        into.append(block, 0, static_cast<std::size_t>(got));
    }
    return true;
}

}  // namespace

page_file read_page_file(const std::string& path) {
    page_file out;
    const open_file file(path);
    if (file.fd() < 0 && errno == ENOENT)
        return out;
    out.exists = true;
    struct stat info {};
    if (file.fd() < 0 || ::fstat(file.fd(), &info) != 0)
        out.fault = system_fault();
    else if (!S_ISREG(info.st_mode))
        out.fault = "is not a regular file";
    else if (!read_all(file.fd(), out.content))
        out.fault = system_fault();
    else if (out.content.size() > largest_file)
        out.fault = "is larger than 256KiB";
    else if (!is_valid_utf8(out.content) || out.content.find('\0') != std::string::npos)
        out.fault = "is not UTF-8 text";
    if (!out.fault.empty())
        out.content.clear();
    return out;
}

language_list language_files(const std::string& directory) {
    language_list out;
    std::error_code error;
    if (!fs::is_directory(directory, error)) {
        out.fault = directory + ": " + (error ? "cannot be read: " + error.message() : "is not a directory");
        return out;
    }
    const fs::path folder = fs::path(directory) / "texts";
    fs::directory_iterator at(folder, error);
    if (error == std::errc::no_such_file_or_directory)
        return out;
    for (; !error && at != fs::directory_iterator{}; at.increment(error)) {
        const auto name = at->path().filename().string();
        if (name.starts_with('.') || !name.ends_with(".json"))
            continue;
        const auto tag = name.substr(0, name.size() - 5);
        if (!is_language_tag(tag)) {
            out.fault = folder.string() + '/' + name + ": the name is no language, such as de.json or pt-BR.json";
            return out;
        }
        if (out.names.size() == most_languages) {
            out.fault = folder.string() + ": has more than 64 languages";
            return out;
        }
        out.names.push_back(tag);
    }
    if (error)
        out.fault = folder.string() + ": cannot be read: " + error.message();
    std::sort(out.names.begin(), out.names.end());
    return out;
}

}  // namespace latchkey::http
