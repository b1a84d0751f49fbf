// The composition root: every part of the server, wired in one readable function.
#pragma once

#include <latchkey/config.hpp>

#include <memory>
#include <stdexcept>

namespace latchkey {

// A server ready to run. Built and used from the main thread.
class application {
public:
    virtual ~application() = default;

    // Serves until SIGTERM, SIGINT or SIGHUP, drains, and returns. A second signal ends it at once.
    virtual void run() = 0;
};

// Opens the stores and binds the listeners. Throws store_error when the database cannot be used and
// std::runtime_error for everything else, with a sentence an operator can act on. `options` must outlive it.
std::unique_ptr<application> compose(const config& options);

// The database cannot be opened: exit code 3 rather than 1.
struct store_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace latchkey
