#include "time_line.hpp"

#include <algorithm>
#include <cctype>
#include <ctime>
#include <fstream>

namespace latchkey {
namespace {

// Linux draws a fresh UUID at every boot.
std::string boot_id() {
    std::string id;
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::getline(file, id);
    const bool plausible = !id.empty() && id.size() <= 64 &&
                           std::ranges::all_of(id, [](unsigned char c) { return std::isxdigit(c) != 0 || c == '-'; });
    return plausible ? id : std::string();
}

}  // namespace

time_line current_time_line(const clock& now) {
    timespec since_boot{};
    clock_gettime(CLOCK_BOOTTIME, &since_boot);
    return {boot_id(), now.now().time_since_epoch().count() - since_boot.tv_sec};
}

}  // namespace latchkey
