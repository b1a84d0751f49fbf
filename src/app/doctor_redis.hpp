// Whether Redis can be reached as the configuration says, and is fit to keep sessions.
#pragma once

#include "doctor_report.hpp"

#include <latchkey/config.hpp>

namespace latchkey {

// Nothing where sessions are elsewhere. Changes nothing there.
findings check_redis(const config& options);

}  // namespace latchkey
