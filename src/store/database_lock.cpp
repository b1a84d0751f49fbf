#include "database_lock.hpp"

#include "sqlite_file.hpp"

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

constexpr mode_t owner_only = S_IRUSR | S_IWUSR;

[[noreturn]] void fail(const std::string& file, int error) {
    throw std::runtime_error("cannot lock " + file + ": " + std::generic_category().message(error));
}

// A command that root runs first must not lock the server out of a file of its own.
void give_to_owner_of(const std::string& database, int descriptor) {
    struct stat status {};
    if (geteuid() == 0 && stat(database.c_str(), &status) == 0)
        (void)!fchown(descriptor, status.st_uid, status.st_gid);
}

int open_lock_file(const std::string& database, const std::string& file) {
    check_sqlite_directory(database);
    const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    int descriptor = open(file.c_str(), flags | O_CREAT | O_EXCL, owner_only);
    if (descriptor >= 0) {
        give_to_owner_of(database, descriptor);
        if (fchmod(descriptor, owner_only) != 0) {  // whatever the umask left
            const int error = errno;
            close(descriptor);
            fail(file, error);
        }
        return descriptor;
    }
    if (errno == EEXIST)
        descriptor = open(file.c_str(), flags);
    if (descriptor < 0)
        fail(file, errno);
    return descriptor;
}

// False: somebody has it in a way that does not go with `how`.
bool try_lock(int descriptor, const std::string& file, int how) {
    int failed;
    do {
        failed = flock(descriptor, how | LOCK_NB);
    } while (failed != 0 && errno == EINTR);
    if (failed != 0 && errno != EWOULDBLOCK)
        fail(file, errno);
    return failed == 0;
}

}  // namespace

database_lock::~database_lock() {
    if (descriptor_ >= 0)
        close(descriptor_);
}

database_lock lock_for_server(const database_options& options, milliseconds patience) {
    constexpr std::chrono::milliseconds pause{50};
    const auto database = sqlite_file_of(options);
    if (!database)
        return database_lock(-1);
    const std::string file = *database + "-server";
    const int descriptor = open_lock_file(*database, file);
    database_lock lock(descriptor);
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!try_lock(descriptor, file, LOCK_EX)) {
        if (std::chrono::steady_clock::now() >= until)
            throw std::runtime_error("cannot use the database " + *database + ": another latchkey holds the lock on " +
                                     file + "; stop it first, one server at a time works on a database");
        std::this_thread::sleep_for(pause);
    }
    return lock;
}

std::optional<database_lock> lock_for_command(const database_options& options) {
    const auto database = sqlite_file_of(options);
    if (!database)
        return database_lock(-1);
    const std::string file = *database + "-server";
    const int descriptor = open_lock_file(*database, file);
    database_lock lock(descriptor);
    if (!try_lock(descriptor, file, LOCK_SH))
        return std::nullopt;
    return lock;
}

}  // namespace latchkey
