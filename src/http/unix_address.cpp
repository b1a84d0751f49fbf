#include "unix_address.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace latchkey::http {
namespace {

boost::system::error_code system_error(int number) noexcept {
    return {number, boost::system::generic_category()};
}

}  // namespace

result<unix_address> unix_address::make(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
    if (name.empty() || path.find('\0') != std::string::npos)
        return system_error(EINVAL);
    unix_address out;
    if (path.size() < sizeof out.where_.sun_path) {
        out.set(path);
        return out;
    }
    const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    out.directory_ = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (out.directory_ < 0)
        return system_error(errno);
    const std::string shortened = "/proc/self/fd/" + std::to_string(out.directory_) + '/' + name;
    if (shortened.size() >= sizeof out.where_.sun_path)
        return system_error(ENAMETOOLONG);
    out.set(shortened);
    return out;
}

unix_address::~unix_address() {
    if (directory_ >= 0)
        ::close(directory_);
}

void unix_address::set(const std::string& path) noexcept {
    where_.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), where_.sun_path);
}

}  // namespace latchkey::http
