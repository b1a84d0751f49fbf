#include "sodium.hpp"

#include <sodium.h>

#include <stdexcept>

namespace latchkey {

void ensure_sodium() {
    // A throwing initialiser leaves the static unset: the next call tries again.
    static const bool started = [] {
        if (sodium_init() < 0)
            throw std::runtime_error("libsodium cannot start: the system gives no random numbers");
        return true;
    }();
    (void)started;
}

}  // namespace latchkey
