// Hosts, ports and networks in the one spelling that the configuration accepts: lower case, no leading zeros.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

// Dot-separated labels of a-z, 0-9 and `-` (IDNs in their A-label form), at most 253 bytes. The last label is not a
// number: browsers would take such a name for an IPv4 address.
bool is_host_name(std::string_view text);

bool is_ipv4(std::string_view text);
bool is_ipv6(std::string_view text);  // without brackets and zone

struct host_and_port {
    std::string host;  // brackets taken off
    bool is_address = false;
    std::optional<std::uint16_t> port;
};

// "name", "192.0.2.1" or "[2001:db8::1]", each with or without ":port".
std::optional<host_and_port> parse_host_and_port(std::string_view text);

struct ip_network {
    std::string address;  // as written
    unsigned prefix = 0;  // bits
    bool has_host_bits = false;
    std::string canonical;  // "10.0.0.0/8": the same network without host bits
};

// "address/prefix". IPv4-mapped IPv6 is refused: there is one way to write an IPv4 network.
std::optional<ip_network> parse_network(std::string_view text);

// 127.0.0.0/8, ::1 and names under localhost: what browsers treat as their own machine.
bool is_loopback(std::string_view host);

}  // namespace latchkey
