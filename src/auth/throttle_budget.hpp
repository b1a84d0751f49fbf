// The throttle's arithmetic: what is held against one key, and for how long. Pure functions.
//
// N failures pass. The N-th closes the key for window / N; each further one, which had to wait for its turn, closes it
// for twice as long as the one before, up to four windows. Once a key is open again, every window without a failure
// halves what is held against it.
#pragma once

#include <latchkey/config.hpp>

#include <cstdint>

namespace latchkey {

struct held {
    std::uint32_t failures = 0;
    time_point last;  // of the last failure
    friend bool operator==(const held&, const held&) = default;
};

// How long `failures` close a key after the last of them; zero for fewer than the budget allows.
seconds closed_for(std::uint32_t failures, const throttle_budget& budget) noexcept;

// When attempts are admitted (again).
time_point open_at(const held& h, const throttle_budget& budget) noexcept;

// What is left of the failures at `now`, forgetting included.
std::uint32_t failures_at(const held& h, const throttle_budget& budget, time_point now) noexcept;

// The same as far as it could have come to be by `now`: no time to come, no more failures than are ever counted.
held plausible(const held& h, const throttle_budget& budget, time_point now) noexcept;

// One failure more, at `now`.
held with_failure(const held& h, const throttle_budget& budget, time_point now) noexcept;

// When nothing is left, at the latest, of whatever was held when the last failure was at `last`.
seconds longest_memory(const throttle_budget& budget) noexcept;

}  // namespace latchkey
