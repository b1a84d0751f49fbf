#include "config_file.hpp"

#include "owned_fd.hpp"
#include "utf8.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

constexpr std::size_t largest_file = 1024 * 1024;
constexpr const char* local_file = "latchkey.toml";
constexpr const char* system_file = "/etc/latchkey/latchkey.toml";

}  // namespace

std::string find_config_file() {
    struct stat info {};
    if (stat(local_file, &info) == 0 && (info.st_uid == geteuid() || info.st_uid == 0))
        return local_file;
    // A file that is there but cannot be read is not skipped: reading it will say why.
    return stat(system_file, &info) == 0 ? system_file : "";
}

parsed<std::string> read_config_file(const std::string& path) {
    const owned_fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        return refusal{std::string("cannot be read: ") + std::strerror(errno)};
    std::string text;
    std::array<char, 16 * 1024> buffer;
    for (;;) {
        const auto got = read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return refusal{std::string("cannot be read: ") + std::strerror(errno)};
        if (got == 0)
            break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
        if (text.size() > largest_file)
            return refusal{"is larger than 1MiB: this is no configuration"};
    }
    if (!is_valid_utf8(text))
        return refusal{"is not UTF-8 text"};
    return {boost::system::in_place_value, std::move(text)};
}

}  // namespace latchkey
