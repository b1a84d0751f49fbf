// What a listener serves: the public site or the admin one. Each has its routes, its guard, and its own count of
// connections, so that a crowd at the one never keeps anybody from the other.
#pragma once

#include "admin_guard.hpp"
#include "client_connections.hpp"
#include "routes.hpp"

#include <latchkey/config.hpp>

#include <atomic>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>

namespace latchkey::http {

struct site {
    // Far more than there are administrators; a bound all the same.
    static constexpr std::size_t admin_connections = 256;

    std::span<const route> routes;
    bool is_admin = false;
    admin_guard guard;
    std::atomic<std::size_t> connections{0};      // open ones, on all cores
    std::unique_ptr<client_connections> clients;  // the same for each client; null: nobody counts them
    // The kernel hands out the lowest free number: a client that is given this one, or a higher, would take what the
    // stores, a reload and the administrators need.
    int first_reserved_descriptor = std::numeric_limits<int>::max();

    // Whether `head`'s sender may ask at all. Metrics are free: see docs/metrics.md for what they tell and don't.
    bool admits(const request_head& head) const noexcept {
        const bool reads = head.verb == method::get || head.verb == method::head;
        return guard.admits(head) || (reads && head.path == "/metrics");
    }
    bool is_full(const limit_options& limits) const noexcept {
        return connections.load(std::memory_order_relaxed) >= (is_admin ? admin_connections : limits.max_connections);
    }
};

}  // namespace latchkey::http
