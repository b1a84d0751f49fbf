// `latchkey serve`: runs the server until a signal ends it.
#pragma once

#include "load_config.hpp"

namespace latchkey {

// `loaded` has no faults; its warnings are for the log. `variables` are those that it was loaded with. Returns what the
// process ends with.
int serve(const loaded_config& loaded, const environment& variables = process_environment());

}  // namespace latchkey
