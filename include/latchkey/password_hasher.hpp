// argon2id in its own bounded pool of low-priority threads.
//
// A hash takes about 10 ms of one core and 19 MiB: it must neither run on an io thread nor in unbounded number. At most
// `workers` run and `queue` wait, and nobody waits longer than password.max_wait: who would have to gets
// errc::overloaded at once (requirement E2). The queue is fair between clients: each in turn, and when it is full,
// whoever has most in it loses the last of it to a client that has less.
#pragma once

#include <latchkey/async.hpp>
#include <latchkey/client_prefix.hpp>
#include <latchkey/error.hpp>
#include <latchkey/secret.hpp>

#include <string>

namespace latchkey {

struct verification {
    bool matches = false;
    bool needs_rehash = false;  // matches, and the stored hash was made with other parameters than today's
};

class password_hasher {
public:
    virtual ~password_hasher() = default;

    // Compares in constant time. An empty `phc` stands for "no such user": the work of a real comparison is done with
    // today's parameters, in the same queue, and the answer is no (requirements L1, L2).
    // errc::overloaded; errc::unsupported_hash for a hash that is not argon2id within the bounds of requirement P4.
    virtual task<result<verification>> verify(const secret& password, std::string phc, client_prefix client) = 0;

    // A new PHC string with a random salt and today's parameters. errc::overloaded.
    virtual task<result<std::string>> hash(const secret& password, client_prefix client) = 0;

    // True when this client would be refused now. A hint that saves the work before the hash.
    virtual bool saturated(const client_prefix& client) const noexcept = 0;
};

}  // namespace latchkey
