// Finds argon2id parameters for this machine: what `latchkey hash calibrate` prints.
//
// Memory is what makes a guess expensive to an attacker's hardware, so the recommendation takes as much of it as the
// target allows and then as many passes as still fit, but never less than 19 MiB and two passes (OWASP's floor).
#pragma once

#include "argon2.hpp"

#include <latchkey/clock.hpp>

#include <chrono>
#include <functional>
#include <vector>

namespace latchkey {

struct measured_parameters {
    argon2_parameters parameters;
    std::chrono::nanoseconds duration{};  // of one hash on an otherwise idle core

    double hashes_per_second() const noexcept { return 1e9 / static_cast<double>(duration.count()); }  // on one core
};

struct calibration {
    std::vector<measured_parameters> measured;  // in ascending order of memory, then of iterations; never empty
    measured_parameters recommended;            // one of them; slower than the target only when it is the floor
};

// How long one hash takes, at least 1 ns.
using hash_timer = std::function<std::chrono::nanoseconds(const argon2_parameters&)>;

// The fastest of three real hashes on the calling thread. Throws std::bad_alloc when there is no memory for one.
std::chrono::nanoseconds time_one_hash(const argon2_parameters& parameters);

// Measures candidates up to `target` a hash; takes at most some thirty times as long as `target`.
calibration calibrate(milliseconds target, const hash_timer& time = time_one_hash);

}  // namespace latchkey
