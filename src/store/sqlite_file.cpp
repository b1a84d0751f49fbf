#include "sqlite_file.hpp"

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

[[noreturn]] void fail(const std::string& what, int error) {
    throw std::runtime_error(what + ": " + std::generic_category().message(error));
}

std::string me() {
    return "user " + std::to_string(geteuid());
}

bool may(const std::string& path, int how) noexcept {
    return faccessat(AT_FDCWD, path.c_str(), how, AT_EACCESS) == 0;
}

}  // namespace

std::optional<std::string> sqlite_file_of(const database_options& options) {
    constexpr std::string_view scheme = "sqlite:";
    if (!options.url.starts_with(scheme))
        return std::nullopt;
    // Absolute, so that no path is taken for one of SQLite's special names, and stays right after a chdir().
    const std::string path = options.url.substr(scheme.size());
    if (path.empty() || path.find_first_of(std::string("\"\0", 2)) != std::string::npos || path == ":memory:")
        throw std::runtime_error("database.url must name a file: \"sqlite:path\", without a double quote in it");
    return std::filesystem::absolute(path).lexically_normal();
}

void check_sqlite_directory(const std::string& path) {
    const std::string file = "the database " + path;
    const std::string directory = std::filesystem::path(path).parent_path();
    struct stat status {};
    if (stat(directory.c_str(), &status) != 0)
        fail("cannot open " + file + ": its directory cannot be reached (create it, owned by " + me() + ")", errno);
    // SQLite keeps its log beside the database, so a writable file alone is not enough.
    if (!may(directory, W_OK | X_OK))
        fail("cannot open " + file + ": its directory is not writable by " + me(), errno);
}

void prepare_sqlite_file(const std::string& path) {
    check_sqlite_directory(path);
    const std::string file = "the database " + path;
    // mknod rather than open: closing a descriptor of a database that another thread has open would drop its locks.
    if (mknod(path.c_str(), S_IFREG | S_IRUSR | S_IWUSR, 0) == 0) {
        if (chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0)  // the umask may have taken even the owner's rights
            fail("cannot set the permissions of " + file, errno);
        return;
    }
    if (errno != EEXIST)
        fail("cannot create " + file, errno);
    struct stat status {};
    if (stat(path.c_str(), &status) != 0)
        fail("cannot open " + file, errno);
    if (!S_ISREG(status.st_mode))
        throw std::runtime_error("cannot open " + file + ": it is not a regular file");
    if (!may(path, R_OK | W_OK))
        fail("cannot open " + file + ": it is not readable and writable by " + me(), errno);
}

bool ends_inside_a_page(const std::string& path, std::uintmax_t page_size) {
    std::error_code no_log;
    const auto log_size = std::filesystem::file_size(path + "-wal", no_log);
    if (!no_log && log_size != 0)
        return false;
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    return !error && size % page_size != 0;
}

}  // namespace latchkey
