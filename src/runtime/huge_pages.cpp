#include "huge_pages.hpp"

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/auxv.h>
#include <unistd.h>

namespace latchkey {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool has_glibc_allocator = false;
#else
constexpr bool has_glibc_allocator = true;
#endif

constexpr auto variable = "GLIBC_TUNABLES";
constexpr auto tunable = "glibc.malloc.hugetlb";

// transparent_hugepage/enabled: "always [madvise] never", the mode in brackets.
bool kernel_wants_to_be_asked() {
    std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
    std::string modes;
    std::getline(file, modes);
    return modes.find("[madvise]") != std::string::npos;
}

}  // namespace

void restart_with_huge_pages(char* const* argv) noexcept try {
    // Where rights come from the file (AT_SECURE), the variable would be dropped, and this would never end.
    if (!has_glibc_allocator || ::getauxval(AT_SECURE) != 0 || !kernel_wants_to_be_asked())
        return;
    const char* const given = std::getenv(variable);
    std::string tunables = given ? given : "";
    if (tunables.find(tunable) != std::string::npos)
        return;
    tunables.append(tunables.empty() ? "" : ":").append(tunable).append("=1");
    // By its name: the process is called after what was executed, and that is not to be "exe".
    const auto program = std::filesystem::read_symlink("/proc/self/exe");
    if (::setenv(variable, tunables.c_str(), 1) == 0)
        ::execv(program.c_str(), argv);
} catch (const std::exception&) {
    // Without memory, or without /proc: as it is.
}

}  // namespace latchkey
