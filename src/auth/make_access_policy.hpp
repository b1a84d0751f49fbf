// The one access_policy there is: rules compiled into sets of bits.
#pragma once

#include <latchkey/access_policy.hpp>

#include <memory>

namespace latchkey {

// Throws std::invalid_argument for a rule that cannot be compiled: the configuration's checks have refused it before.
std::shared_ptr<const access_policy> make_access_policy(const access_options& options);

}  // namespace latchkey
