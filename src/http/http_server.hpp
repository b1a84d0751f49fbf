// The HTTP server: listeners, cores and their connections, from bind to drain.
//
// Constructed, started and drained from the control thread; everything else happens on the io threads that it owns.
#pragma once

#include "services.hpp"

#include <latchkey/config.hpp>

#include <cstddef>
#include <memory>

namespace latchkey::http {

class http_server {
public:
    // Binds and listens, but does not accept yet. `d` and `options` outlive the server. Throws std::runtime_error with
    // a sentence an operator can act on.
    http_server(const config& options, const domain& d);
    // stop(). Whoever posts to the io threads (worker pools) must have stopped before.
    ~http_server();

    void start();

    // The graceful end, in steps (requirement D6): readiness fails and answers close their connections; then listeners
    // close and idle connections are ended; requests in flight may finish until `drain_timeout` has passed since the
    // beginning. Awaited on the control thread's io_context. How many connections had to be left.
    task<std::size_t> drain();

    // Ends the io threads. Idempotent.
    void stop() noexcept;

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace latchkey::http
