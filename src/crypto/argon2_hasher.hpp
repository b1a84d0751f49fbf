// The password_hasher that serves logins: argon2id on a worker pool of its own.
#pragma once

#include "argon2.hpp"
#include "worker_pool.hpp"

#include <latchkey/password_hasher.hpp>

#include <memory>

namespace latchkey {

// `workers` must outlive the hasher and every call on it; its queue and its max_wait are the
// bounds that callers meet as errc::overloaded; each client is a flow of it. Its threads keep the memory of a hash for
// the next one (hash_memory.hpp): let them give it back when idle. Computes one hash at once, the one that stands in
// for unknown users. Throws std::invalid_argument unless is_usable(parameters), std::bad_alloc when there is no memory
// for a single hash.
std::unique_ptr<password_hasher> make_password_hasher(worker_pool& workers, const argon2_parameters& parameters);

}  // namespace latchkey
