#include "process_probe.hpp"

#include "temp_dir.hpp"
#include "unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace latchkey::test {
namespace {

struct mapping {
    std::uint64_t begin = 0, end = 0;
};

std::vector<mapping> private_writable_mappings(pid_t pid) {
    std::vector<mapping> out;
    std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
    for (std::string line; std::getline(maps, line);) {
        std::istringstream fields(line);
        mapping m;
        char dash = 0;
        std::string permissions;
        fields >> std::hex >> m.begin >> dash >> m.end >> permissions;
        if (fields && permissions.starts_with("rw") && permissions.ends_with('p') &&
            line.find("[vvar") == std::string::npos)
            out.push_back(m);
    }
    return out;
}

std::size_t count_in(std::string_view text, std::string_view needle) {
    std::size_t n = 0;
    for (auto at = text.find(needle); at != std::string_view::npos; at = text.find(needle, at + 1))
        ++n;
    return n;
}

}  // namespace

std::optional<std::size_t> count_in_memory(pid_t pid, std::string_view needle) {
    const unique_fd memory(::open(("/proc/" + std::to_string(pid) + "/mem").c_str(), O_RDONLY | O_CLOEXEC));
    if (!memory)
        return std::nullopt;
    constexpr std::size_t page = 4096, block = 256 * page;
    std::size_t hits = 0, bytes = 0;
    for (const auto& m : private_writable_mappings(pid)) {
        std::string text;  // what overlaps the next block, then the block
        for (std::uint64_t at = m.begin; at < m.end;) {
            const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(block, m.end - at));
            const auto kept = text.size();
            text.resize(kept + want);
            const auto got = ::pread(memory.get(), text.data() + kept, want, static_cast<off_t>(at));
            if (got <= 0) {  // guard pages within a mapping
                text.clear();
                at += page;
                continue;
            }
            text.resize(kept + static_cast<std::size_t>(got));
            bytes += static_cast<std::size_t>(got);
            at += static_cast<std::uint64_t>(got);
            hits += count_in(text, needle);
            text.erase(0, text.size() - std::min(text.size(), needle.size() - 1));
        }
    }
    return bytes == 0 ? std::nullopt : std::optional(hits);
}

std::chrono::milliseconds cpu_time(pid_t pid) {
    const auto text = read_whole_file("/proc/" + std::to_string(pid) + "/stat");
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int i = 3; i < 14; ++i)
        fields >> skipped;
    long long user = 0, system = 0;
    fields >> user >> system;
    return std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
}

std::size_t open_files(pid_t pid) {
    std::size_t n = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd"))
        ++n;
    return n;
}

std::size_t resident_memory(pid_t pid) {
    std::istringstream fields(read_whole_file("/proc/" + std::to_string(pid) + "/statm"));
    std::size_t all = 0, resident = 0, shared = 0;
    fields >> all >> resident >> shared;
    return (resident - shared) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

bool is_stopped(pid_t pid) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
        const auto text = read_whole_file(entry.path().string() + "/stat");
        if (text.at(text.rfind(')') + 2) != 'T')
            return false;
    }
    return true;
}

}  // namespace latchkey::test
