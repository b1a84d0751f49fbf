#include "process_stats.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

double seconds_of(const timeval& t) noexcept {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
}

std::uint64_t count_open_files() {
    constexpr const char* place = "/proc/self/fd";
    struct stat info {};
    if (::stat(place, &info) == 0 && info.st_size > 0)
        return static_cast<std::uint64_t>(info.st_size);
    std::error_code error;  // out of files, perhaps: then it can't be said
    const std::filesystem::directory_iterator files(place, error);
    return error ? 0 : static_cast<std::uint64_t>(std::distance(begin(files), end(files)));
}

}  // namespace

process_stats read_process_stats() {
    process_stats out;
    rusage used{};
    if (::getrusage(RUSAGE_SELF, &used) == 0)
        out.cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0)
        out.most_files = files.rlim_cur;
    std::ifstream pages("/proc/self/statm");
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    if (pages >> all >> resident) {
        const auto size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
        out.virtual_bytes = all * size;
        out.resident_bytes = resident * size;
    }
    out.open_files = count_open_files();
    return out;
}

}  // namespace latchkey
