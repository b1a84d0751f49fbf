// What single values of the configuration must look like, beyond their type.
//
// Each function says why a value will not do, in words that continue its quotation ("… is not an origin"), or nothing.
// Addresses, hosts and origins are written in exactly one way here, because they are later compared byte by byte.
#pragma once

#include <string>
#include <string_view>

namespace latchkey {

// C0, C1 and their like, or bytes that are no UTF-8.
bool has_control_character(std::string_view text);

std::string listen_fault(std::string_view value);        // "127.0.0.1:9080", "[::1]:9080", "unix:/run/latchkey.sock"
std::string admin_listen_fault(std::string_view value);  // the same, "off" or empty; the socket's path may be relative
std::string origin_fault(std::string_view value);        // "https://auth.example.com"
std::string network_fault(std::string_view value);       // "10.0.0.0/8", "fd00::/8", "unix:"
std::string client_network_fault(std::string_view value);  // the same without "unix:"
std::string host_pattern_fault(std::string_view value);    // "app.example.com", "app.example.com:8443", "*.example.com"
std::string cookie_name_fault(std::string_view value);     // an RFC 6265 token, or empty
std::string cookie_domain_fault(std::string_view value);   // "example.com", or empty
std::string issuer_fault(std::string_view value);          // an origin, perhaps with a path (RFC 8414), or empty
std::string audience_fault(std::string_view value);        // visible ASCII, or empty
std::string key_file_fault(std::string_view value);        // a path to a file
std::string store_fault(std::string_view value);           // "database", "memory", "redis"

}  // namespace latchkey
