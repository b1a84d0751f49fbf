// libsodium must choose its implementations and set its guard values up before it is of use. Every function of this
// folder that needs that calls ensure_sodium() itself, so that nobody can forget to.
#pragma once

namespace latchkey {

// Costs one load once it has run. Throws std::runtime_error when libsodium cannot start (no source of randomness).
void ensure_sodium();

}  // namespace latchkey
