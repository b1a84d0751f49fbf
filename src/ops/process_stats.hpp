// What the kernel says of this process.
#pragma once

#include <cstdint>

namespace latchkey {

// Zero where the kernel did not say.
struct process_stats {
    double cpu_seconds = 0;
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t open_files = 0;
    std::uint64_t most_files = 0;
};

// Some system calls; a few microseconds on Linux 6.2 and later, where the kernel counts open files itself.
process_stats read_process_stats();

}  // namespace latchkey
