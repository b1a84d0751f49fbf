// Stands between the program and the C library (LD_PRELOAD): makes calls on the database's files fail, records what
// was written and what was synced, and displaces the clocks, all as told by a shim_state.
//
// SQLite reads and writes by pread64 and pwrite64, so sockets and logs (read, write) are never met. Any thread of the
// program may be in here; without a shim_state everything passes through.
#include "shim_state.hpp"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

using namespace latchkey::test;

shim_state* state = nullptr;
int record_fd = -1;
pthread_mutex_t record_mutex = PTHREAD_MUTEX_INITIALIZER;

int open_file(const char* path, int flags, mode_t mode = 0) noexcept {
    return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

ssize_t read_at(int fd, void* buffer, size_t n, off_t at) noexcept {
    return ::syscall(SYS_pread64, fd, buffer, n, at);
}

ssize_t write_at(int fd, const void* buffer, size_t n, off_t at) noexcept {
    return ::syscall(SYS_pwrite64, fd, buffer, n, at);
}

__attribute__((constructor)) void attach() {
    const char* path = std::getenv(shim_variable);
    if (!path)
        return;
    const int fd = open_file(path, O_RDWR | O_CLOEXEC);
    void* memory = fd < 0 ? MAP_FAILED : ::mmap(nullptr, sizeof(shim_state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED || static_cast<shim_state*>(memory)->magic != shim_state::expected_magic)
        ::abort();
    ::syscall(SYS_close, fd);
    state = static_cast<shim_state*>(memory);
    if (*state->record)
        record_fd = open_file(state->record, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

// What follows the database's path, or null for other files.
const char* suffix_of(const char* path) noexcept {
    const auto length = std::strlen(state->database);
    return length > 0 && std::strncmp(path, state->database, length) == 0 ? path + length : nullptr;
}

// A file of the database, and which one.
struct database_file {
    bool is_one = false;
    bool recorded = false;
    write_entry::file_type which = write_entry::main;

    explicit database_file(const char* path) noexcept {
        const char* suffix = suffix_of(path);
        is_one = suffix != nullptr;
        if (!is_one || record_fd < 0)
            return;
        recorded = true;
        if (std::strcmp(suffix, "-wal") == 0)
            which = write_entry::log;
        else if (std::strcmp(suffix, "-journal") == 0)
            which = write_entry::rollback;
        else
            recorded = *suffix == '\0';
    }

    static database_file behind(int fd) noexcept {
        char link[32], path[PATH_MAX];
        std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        const auto n = ::readlink(link, path, sizeof path - 1);
        path[n > 0 ? n : 0] = '\0';
        return database_file(path);
    }
};

bool must_fail(const database_file& file, shim_call kind) noexcept {
    if (!file.is_one || (state->kinds.load() & kind) == 0)
        return false;
    const auto n = ++state->met;
    const auto nth = state->nth.load();
    if (n != nth && !(n > nth && state->lasting.load()))
        return false;
    ++state->failed;
    errno = state->error.load();
    return true;
}

class recording {
public:
    recording() noexcept { ::pthread_mutex_lock(&record_mutex); }
    ~recording() { ::pthread_mutex_unlock(&record_mutex); }

    static void add(const write_entry& entry, const void* old_bytes, const void* new_bytes) noexcept {
        const iovec parts[] = {{const_cast<write_entry*>(&entry), sizeof entry},
                               {const_cast<void*>(old_bytes), entry.old_length},
                               {const_cast<void*>(new_bytes), entry.new_length}};
        const auto all = static_cast<ssize_t>(sizeof entry + entry.old_length + entry.new_length);
        if (::syscall(SYS_writev, record_fd, parts, 3) != all)
            ::abort();
    }
    static std::int64_t length() noexcept {
        struct stat status {};
        ::fstat(record_fd, &status);
        return status.st_size;
    }
};

// What stands at [at, at + n) now; free() it.
void* bytes_before(int fd, size_t n, off_t at, write_entry& entry) noexcept {
    struct stat status {};
    ::fstat(fd, &status);
    entry.old_size = status.st_size;
    void* bytes = std::malloc(n == 0 ? 1 : n);
    const auto got = bytes ? read_at(fd, bytes, n, at) : -1;
    if (got < 0)
        ::abort();
    entry.old_length = static_cast<std::uint32_t>(got);
    return bytes;
}

ssize_t recorded_write(int fd, const database_file& file, const void* buffer, size_t n, off_t at) noexcept {
    if (!file.recorded)
        return write_at(fd, buffer, n, at);
    const recording lock;
    write_entry entry{write_entry::write, file.which, at, 0, 0, static_cast<std::uint32_t>(n)};
    void* old_bytes = bytes_before(fd, n, at, entry);
    recording::add(entry, old_bytes, buffer);
    std::free(old_bytes);
    return write_at(fd, buffer, n, at);
}

int checked_sync(int fd, long call) noexcept {
    if (!state)
        return static_cast<int>(::syscall(call, fd));
    const auto file = database_file::behind(fd);
    if (must_fail(file, call_sync))
        return -1;
    if (const auto wait = state->sync_takes.load(); file.is_one && wait > 0) {
        const timespec pause{wait / 1000, static_cast<long>(wait % 1000) * 1'000'000};
        ::nanosleep(&pause, nullptr);
    }
    if (file.recorded && state->lying_disk.load())
        return 0;
    std::int64_t began = 0;
    if (file.recorded) {
        const recording lock;  // what is recorded is also written
        began = recording::length();
    }
    const int done = static_cast<int>(::syscall(call, fd));
    if (done == 0 && file.recorded) {
        const recording lock;
        recording::add({write_entry::sync, file.which, began, 0, 0, 0}, nullptr, nullptr);
    }
    return done;
}

int checked_truncate(int fd, off_t size) noexcept {
    const auto really = [&] { return static_cast<int>(::syscall(SYS_ftruncate, fd, size)); };
    if (!state)
        return really();
    const auto file = database_file::behind(fd);
    if (must_fail(file, call_truncate))
        return -1;
    if (!file.recorded)
        return really();
    const recording lock;
    struct stat status {};
    ::fstat(fd, &status);
    const auto lost = status.st_size > size ? static_cast<size_t>(status.st_size - size) : 0;
    write_entry entry{write_entry::truncate, file.which, size, 0, 0, 0};
    void* old_bytes = bytes_before(fd, lost, size, entry);
    recording::add(entry, old_bytes, nullptr);
    std::free(old_bytes);
    return really();
}

const char* redirected(const char* path) noexcept {
    return state && *state->boot_id && path && std::strcmp(path, "/proc/sys/kernel/random/boot_id") == 0
               ? state->boot_id
               : path;
}

int checked_open(const char* path, int flags, mode_t mode) noexcept {
    if (state && must_fail(database_file(path), call_open))
        return -1;
    return open_file(redirected(path), flags, mode);
}

}  // namespace

extern "C" {

#define LATCHKEY_SHIM_OPEN(name)                              \
    int name(const char* path, int flags, ...) {              \
        mode_t mode = 0;                                      \
        if (flags & O_CREAT) {                                \
            va_list rest;                                     \
            va_start(rest, flags);                            \
            mode = static_cast<mode_t>(va_arg(rest, mode_t)); \
            va_end(rest);                                     \
        }                                                     \
        return checked_open(path, flags, mode);               \
    }
LATCHKEY_SHIM_OPEN(open)
LATCHKEY_SHIM_OPEN(open64)

#define LATCHKEY_SHIM_FOPEN(name)                                                                                  \
    FILE* name(const char* path, const char* how) {                                                                \
        static const auto next = reinterpret_cast<FILE* (*)(const char*, const char*)>(::dlsym(RTLD_NEXT, #name)); \
        return next(redirected(path), how);                                                                        \
    }
LATCHKEY_SHIM_FOPEN(fopen)
LATCHKEY_SHIM_FOPEN(fopen64)

ssize_t pwrite64(int fd, const void* buffer, size_t n, off64_t at) {
    if (!state)
        return write_at(fd, buffer, n, at);
    const auto file = database_file::behind(fd);
    if (must_fail(file, call_write)) {
        if (state->half_written.load()) {
            const int error = errno;
            recorded_write(fd, file, buffer, n / 2, at);
            errno = error;
        }
        return -1;
    }
    return recorded_write(fd, file, buffer, n, at);
}
ssize_t pwrite(int fd, const void* buffer, size_t n, off_t at) {
    return pwrite64(fd, buffer, n, at);
}

ssize_t pread64(int fd, void* buffer, size_t n, off64_t at) {
    if (state && (state->kinds.load() & call_read) != 0 && must_fail(database_file::behind(fd), call_read))
        return -1;
    return read_at(fd, buffer, n, at);
}
ssize_t pread(int fd, void* buffer, size_t n, off_t at) {
    return pread64(fd, buffer, n, at);
}

int fsync(int fd) {
    return checked_sync(fd, SYS_fsync);
}
int fdatasync(int fd) {
    return checked_sync(fd, SYS_fdatasync);
}

int ftruncate(int fd, off_t size) noexcept {
    return checked_truncate(fd, size);
}
int ftruncate64(int fd, off64_t size) noexcept {
    return checked_truncate(fd, size);
}

int unlink(const char* path) noexcept {
    if (state) {
        const database_file file(path);
        if (file.recorded) {
            const recording lock;
            recording::add({write_entry::unlink, file.which, 0, 0, 0, 0}, nullptr, nullptr);
        }
    }
    return static_cast<int>(::syscall(SYS_unlink, path));
}

int clock_gettime(clockid_t which, timespec* out) noexcept {
    const int done = static_cast<int>(::syscall(SYS_clock_gettime, which, out));
    if (state && done == 0) {
        if (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)
            out->tv_sec += state->realtime.load();
        else if (which == CLOCK_BOOTTIME)
            out->tv_sec += state->boottime.load();
        else if (which == CLOCK_MONOTONIC)
            out->tv_sec += state->monotonic.load();
    }
    return done;
}

time_t time(time_t* out) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(timeval* out, void*) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    *out = {now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

}  // extern "C"
