// `latchkey serve`: runs the server until a signal ends it.
#pragma once

#include "load_config.hpp"

namespace latchkey {

// `loaded` has no faults; its warnings are for the log. Returns what the process ends with.
int serve(const loaded_config& loaded);

}  // namespace latchkey
