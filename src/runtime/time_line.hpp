// Which time line this process counts session times on, said so that a later process can compare its own with it.
#pragma once

#include <latchkey/clock.hpp>

#include <cstdint>
#include <string>

namespace latchkey {

struct time_line {
    std::string boot;         // which run of the machine's kernel; empty: not known, and never the same as another
    std::int64_t origin = 0;  // the time line's second at which that run began (CLOCK_BOOTTIME 0); give or take one
};

// That of `now`, which must be one of make_system_clock()'s.
time_line current_time_line(const clock& now);

}  // namespace latchkey
