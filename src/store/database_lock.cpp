#include "database_lock.hpp"

#include "postgres_lock.hpp"
#include "postgres_url.hpp"
#include "sqlite_file.hpp"

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

constexpr mode_t owner_only = S_IRUSR | S_IWUSR;

[[noreturn]] void not_locked(const std::string& file, int error) {
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
            not_locked(file, error);
        }
        return descriptor;
    }
    if (errno == EEXIST)
        descriptor = open(file.c_str(), flags);
    if (descriptor < 0)
        not_locked(file, errno);
    return descriptor;
}

// False: somebody has it in a way that does not go with `how`.
bool try_lock(int descriptor, const std::string& file, int how) {
    int failed;
    do {
        failed = flock(descriptor, how | LOCK_NB);
    } while (failed != 0 && errno == EINTR);
    if (failed != 0 && errno != EWOULDBLOCK)
        not_locked(file, errno);
    return failed == 0;
}

constexpr std::chrono::milliseconds pause{50};

// Asks until it is taken or the patience is over.
template <class Take>
bool wait_for(Take take, milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!take()) {
        if (std::chrono::steady_clock::now() >= until)
            return false;
        std::this_thread::sleep_for(pause);
    }
    return true;
}

std::runtime_error in_use(const std::string& what, const std::string& where, server_sharing sharing) {
    return std::runtime_error("cannot use " + what + ": another latchkey holds the lock " + where +
                              (sharing == server_sharing::alone
                                   ? "; stop it first, one server at a time works on a database unless all keep their "
                                     "sessions in Redis"
                                   : "; it keeps its sessions to itself, and no other works beside it"));
}

}  // namespace

database_lock::database_lock(int descriptor) noexcept : descriptor_(descriptor) {
}

database_lock::database_lock(std::unique_ptr<postgres_lock> lock) noexcept : lock_(std::move(lock)) {
}

database_lock::database_lock(database_lock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), lock_(std::move(other.lock_)) {
}

database_lock::~database_lock() {
    if (descriptor_ >= 0)
        close(descriptor_);
}

bool database_lock::keep() {
    return !lock_ || lock_->keep();
}

database_lock lock_for_server(const database_options& options, milliseconds patience, server_sharing sharing) {
    const bool shared = sharing == server_sharing::with_servers;
    if (is_postgres_url(options.url)) {
        auto lock = std::make_unique<postgres_lock>(options, shared);
        if (!wait_for([&] { return lock->take(); }, patience))
            throw in_use(lock->name(), "on it", sharing);
        return database_lock(std::move(lock));
    }
    const auto database = sqlite_file_of(options);
    if (!database)
        return database_lock(-1);
    const std::string file = *database + "-server";
    const int descriptor = open_lock_file(*database, file);
    database_lock lock(descriptor);
    if (!wait_for([&] { return try_lock(descriptor, file, shared ? LOCK_SH : LOCK_EX); }, patience))
        throw in_use("the database " + *database, "on " + file, sharing);
    return lock;
}

std::optional<database_lock> lock_for_command(const database_options& options) {
    if (is_postgres_url(options.url)) {
        auto lock = std::make_unique<postgres_lock>(options, true);
        if (!lock->take())
            return std::nullopt;
        return database_lock(std::move(lock));
    }
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
