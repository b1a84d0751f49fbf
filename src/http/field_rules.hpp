// The grammar of single field values and of the request target, stricter than RFC 9112 where it offers a choice.
// All functions are total, allocate nothing and look only at what they are given.
#pragma once

#include "request_head.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace latchkey::http {

// 1 to 16 digits and nothing else: no sign, no list, no white space, and no room to overflow (requirement H2).
std::optional<std::uint64_t> parse_content_length(std::string_view value) noexcept;

// host [ ":" port ] (RFC 3986 section 3.2) at the beginning of a text, as far as it goes.
struct authority {
    std::string_view host;  // a registered name, IPv4 or bracketed IPv6
    std::optional<std::uint16_t> port;
    std::size_t size = 0;
};
// Nothing where the text begins with no host, or with a port behind it that is none.
std::optional<authority> leading_authority(std::string_view text) noexcept;

// The host in host [ ":" port ], a registered name, IPv4 or bracketed IPv6; nothing where that is malformed or empty,
// or has userinfo (requirement H3).
std::optional<std::string_view> host_of(std::string_view authority) noexcept;
bool is_valid_host(std::string_view value) noexcept;

// Understands origin-form, absolute-form of http and https (whose authority then stands in the place of Host), "*" of
// OPTIONS and CONNECT's authority-form. Sets head.path, head.query and, by the absolute form, head.host. False for
// anything else, and for a target with a byte that RFC 3986 has no place for in a way that matters: control, space,
// high byte,
// `\` or `#`.
bool split_target(std::string_view target, request_head& head) noexcept;

// "HTTP/" digit "." digit (RFC 9112 section 2.3), whether it is spoken here or not.
bool is_http_version(std::string_view text) noexcept;

// Collects the distinct values that the cookie `name` has in one Cookie field (RFC 6265 section 4.2.1). Other cookies,
// however odd, are none of our business.
void read_cookies(std::string_view value, std::string_view name, presented_cookies& out) noexcept;

}  // namespace latchkey::http
