// What the stored session times are counted on, kept beside them in the one row of `session_time_line`, so that ages
// survive a wall clock that is set between two runs of the server (requirement T3).
#pragma once

#include "time_line.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>

#include <soci/soci.h>

#include <cstdint>
#include <optional>

namespace latchkey {

// By which a session may have died, in seconds.
struct idle_limits {
    std::int64_t ordinary = 0;
    std::int64_t remembered = 0;

    std::int64_t of(bool is_remembered) const noexcept { return is_remembered ? remembered : ordinary; }
    friend bool operator==(const idle_limits&, const idle_limits&) = default;
};
idle_limits idle_limits_of(const session_options& options) noexcept;
// The stricter of each.
idle_limits stricter(const idle_limits& a, const idle_limits& b) noexcept;

struct stored_time_line {
    time_line line;
    std::int64_t last_second = 0;  // it was at least this late
    idle_limits limits;            // what was dead by these is dead
};

// Nothing when there is none yet, or none that can be right.
std::optional<stored_time_line> read_time_line(soci::session& sql);
void write_time_line(soci::session& sql, const stored_time_line& state);

// By how many seconds stored times must be moved to be on the time line of `current`, where it is `now`.
//
// Within one run of the machine both lines are anchored to the same clock, and the answer is exact, however the wall
// clock was set. After a reboot only the wall clock is left: it is believed when it goes forward; when it is before the
// last second that was noted, times go back with it, so that nothing becomes younger than it was. Less than three
// seconds are the rounding of two clocks, or too little to matter: 0.
std::int64_t displacement(const stored_time_line& stored, const time_line& current, time_point now) noexcept;

}  // namespace latchkey
