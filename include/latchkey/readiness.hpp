// Can this server answer for its stores right now?
#pragma once

#include <latchkey/async.hpp>

namespace latchkey {

class readiness {
public:
    virtual ~readiness() = default;
    // False while a store that logins need does not answer. Never throws for that.
    virtual task<bool> ready() = 0;
};

}  // namespace latchkey
