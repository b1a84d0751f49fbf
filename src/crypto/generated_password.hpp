// A password that a machine chose, to be read from a screen once and typed by a person.
#pragma once

#include <latchkey/secret.hpp>

#include <cstddef>

namespace latchkey {

// Four groups of six characters joined by `-`, 120 random bits: "h7tq3m-x9bwea-…". Lower-case letters and digits
// without those that look alike (0 and o, 1 and l). Throws std::bad_alloc and std::runtime_error, as ensure_sodium().
secret generated_password();

inline constexpr std::size_t generated_password_length = 27;

}  // namespace latchkey
