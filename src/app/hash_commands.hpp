// `latchkey hash calibrate`.
#pragma once

#include "console.hpp"

#include <string>

namespace latchkey {

// Measures argon2id on this machine and proposes [password] settings whose hash takes up to `target`, a duration.
int calibrate_hash(const console& io, const std::string& target, bool json);

}  // namespace latchkey
