#include "secret_file.hpp"

#include "owned_fd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

constexpr std::size_t shortest = 32;
constexpr std::size_t largest_file = 64 * 1024;

// What people leave in place when they copy a sample.
constexpr auto example_words =
    std::to_array<std::string_view>({"changeme", "change-me", "change_me", "example", "insecure", "placeholder",
                                     "replace-me", "your-secret", "yoursecret"});

bool looks_like_example(std::string_view value) {
    // One character all the way ("xxxx…", "0000…"), or a word that no random value has.
    if (value.find_first_not_of(value.front()) == std::string_view::npos)
        return true;
    const auto lower_equal = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
    return std::any_of(example_words.begin(), example_words.end(), [&](std::string_view word) {
        return std::search(value.begin(), value.end(), word.begin(), word.end(), lower_equal) != value.end();
    });
}

refusal system_refusal() {
    return {std::string("cannot be read: ") + std::strerror(errno)};
}

// Who may read it, asked of the open file so that nobody can swap it in between.
std::string access_fault(const struct stat& info) {
    if (!S_ISREG(info.st_mode))
        return "is not a regular file";
    if (info.st_uid != geteuid() && info.st_uid != 0)
        return "belongs to another user";
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return "can be reached by others than its owner: chmod 600 it";
    if (info.st_size > static_cast<off_t>(largest_file))
        return "is larger than 64KiB";
    return {};
}

parsed<secret> read_content(const std::string& path) {
    // Not blocking, so that a FIFO is refused rather than waited for.
    const owned_fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat info {};
    if (!file || fstat(file.get(), &info) != 0)
        return system_refusal();
    if (auto fault = access_fault(info); !fault.empty())
        return refusal{std::move(fault)};

    // One byte more than it says it has: a file that grows meanwhile is caught.
    secret content = secret::of_size(static_cast<std::size_t>(info.st_size) + 1);
    std::size_t size = 0;
    while (size < content.size()) {
        const auto got = read(file.get(), content.writable().data() + size, content.size() - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return system_refusal();
        if (got == 0)
            break;
        size += static_cast<std::size_t>(got);
    }
    if (size == content.size())
        return refusal{"changes while it is read"};

    std::string_view value = content.reveal().substr(0, size);
    if (value.ends_with('\n'))
        value.remove_suffix(1);
    if (value.empty())
        return refusal{"is empty"};
    return secret(value);
}

}  // namespace

parsed<secret> read_secret_file(const std::string& path) {
    auto content = read_content(path);
    if (!content)
        return content;
    if (content->size() < shortest)
        return refusal{"holds fewer than 32 characters"};
    if (looks_like_example(content->reveal()))
        return refusal{"holds an example, not a secret of your own"};
    return content;
}

parsed<secret> read_password_file(const std::string& path) {
    auto content = read_content(path);
    if (!content)
        return content;
    const std::string_view value = content->reveal();
    if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }))
        return refusal{"holds more than one line of text"};
    if (looks_like_example(value))
        return refusal{"holds an example, not a password of your own"};
    return content;
}

}  // namespace latchkey
