// The composition root: every part of the server, wired in one readable function.
#pragma once

#include "load_config.hpp"

#include <memory>
#include <stdexcept>

namespace latchkey {

// A server ready to run. Built and used from the main thread.
class application {
public:
    virtual ~application() = default;

    // Serves until SIGTERM or SIGINT, drains, and returns; a second one ends it at once. SIGHUP reloads the
    // configuration.
    virtual void run() = 0;
};

// Opens the stores and binds the listeners. Throws store_error when the database cannot be used,
// configuration_error when a file cannot that the configuration names, and std::runtime_error for everything else, with
// a sentence an operator can act on. `loaded` has no faults; a reload reads its file again, under the same `variables`.
std::unique_ptr<application> compose(loaded_config loaded, environment variables);

// A file that the configuration names cannot be used: exit code 2.
struct configuration_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The database cannot be opened: exit code 3 rather than 1.
struct store_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace latchkey
