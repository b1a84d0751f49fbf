// Whose a client is, as far as an address tells: what throttles, queues and connection limits count by.
//
// One subscriber has one IPv4 address, or one IPv6 /64 and every address in it (CVE-2026-45364). An IPv4-mapped IPv6
// address is the IPv4 address. Clients without a known address are one.
#pragma once

#include <latchkey/session.hpp>

#include <string>

namespace latchkey {

struct client_prefix {
    client_address network;   // IPv6: the lower 64 bits are zero
    std::string str() const;  // "192.0.2.1", "2001:db8:1:2::/64", "" when unknown
    friend bool operator==(const client_prefix&, const client_prefix&) = default;
};

client_prefix prefix_of(const client_address& client) noexcept;

}  // namespace latchkey
