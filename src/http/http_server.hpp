// The HTTP server: listeners, cores and their connections, from bind to drain.
//
// Two sites: the public one, and the administrators' own on a listener apart (requirement S4). Constructed, started and
// drained from the control thread; everything else happens on the io threads that it owns.
#pragma once

#include "services.hpp"

#include <latchkey/config.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/stats.hpp>

#include <cstddef>
#include <memory>

namespace latchkey::http {

class http_server {
public:
    // Binds and listens at server.listen and at config::admin_address(), but does not accept yet. `access` is what
    // options.access was compiled into. What `d` refers to outlives the server. `admin_token` is what administrators
    // show; an admin address on TCP needs one. Throws std::runtime_error with a sentence an operator can act on.
    http_server(const config& options, std::shared_ptr<const access_policy> access, const domain& d,
                secret admin_token = {});
    // stop(). Whoever posts to the io threads (worker pools) must have stopped before.
    ~http_server();

    void start();

    // Puts what can change live of `options` in force, on every core, for requests that begin from now on: limits.*,
    // server.trusted_proxies, server.allowed_origins, redirect.allowed_hosts, and access.*, which `access` was compiled
    // from. Requests under way end as they began. From any thread, one call at a time. Throws std::invalid_argument,
    // with nothing changed, for values that the configuration's checks would have refused.
    void apply(const config& options, std::shared_ptr<const access_policy> access);

    // What all cores have counted. From any thread.
    http_stats stats() const;

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
