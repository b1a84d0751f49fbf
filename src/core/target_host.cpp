#include "target_host.hpp"

#include "byte_lanes.hpp"
#include "byte_set.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <arpa/inet.h>

namespace latchkey {
namespace {

constexpr std::size_t longest_host = 253;

constexpr bool is_upper(char c) noexcept {
    return c >= 'A' && c <= 'Z';
}

constexpr byte_set digit_bytes([](char c) { return c >= '0' && c <= '9'; });

// What a walk along a name finds out about it.
struct name_shape {
    bool well_formed = false;  // letters, digits, `-` and `_` in labels of which none is empty
    bool canonical = false;    // no capital among them
    std::size_t last_label = 0;
};

// `name`: not empty, no dot at its end.
name_shape shape_of(std::string_view name) noexcept {
    name_shape shape;
    unsigned known = all_lanes, capitals = 0, beside = 0;
    unsigned before = 1;  // whether a dot stood before: nothing does, and a name must not begin with one either
    for (std::size_t at = 0; at < name.size(); at += lane_count) {
        const std::string_view rest(name.data() + at, name.size() - at);
        const byte_lanes c = rest.size() >= lane_count ? load_lanes(rest.data()) : load_lanes(rest, 'a');
        const byte_lanes capital = are_between(c, 'A', 'Z');
        const unsigned dots = lane_bits(c == '.');
        known &=
            lane_bits(are_between(c, 'a', 'z') | are_between(c, '0', '9') | (c == '-') | (c == '_') | capital) | dots;
        capitals |= lane_bits(capital);
        beside |= dots & (dots << 1 | before);
        before = dots >> (lane_count - 1);
        if (dots != 0)
            shape.last_label = at + static_cast<std::size_t>(std::bit_width(dots));
    }
    shape.well_formed = known == all_lanes && beside == 0;
    shape.canonical = capitals == 0;
    return shape;
}

// `label`: not empty.
bool is_number(std::string_view label) noexcept {
    return digit_bytes.has(label.front()) &&
           (digit_bytes.has_all(label) || label.starts_with("0x") || label.starts_with("0X"));
}

// inet_pton() wants a terminated text.
template <class Address>
bool parse_address(int family, std::string_view text, Address& out) noexcept {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    if (text.size() >= buffer.size() || text.find('\0') != std::string_view::npos)
        return false;
    std::copy(text.begin(), text.end(), buffer.begin());
    return inet_pton(family, buffer.data(), &out) == 1;
}

result<std::string_view> canonical_address(std::string_view host, std::string& scratch) {
    in6_addr address{};
    if (host.size() < 4 || host.back() != ']' || !parse_address(AF_INET6, host.substr(1, host.size() - 2), address))
        return errc::invalid_request;
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(AF_INET6, &address, text.data(), text.size());
    scratch.assign("[").append(text.data()).append("]");
    return std::string_view(scratch);
}

}  // namespace

result<std::string_view> canonical_host(std::string_view host, std::string& scratch) {
    if (host.starts_with('['))
        return canonical_address(host, scratch);
    if (host.ends_with('.'))
        host.remove_suffix(1);
    if (host.empty() || host.size() > longest_host || host.back() == '.')
        return errc::invalid_request;
    const name_shape shape = shape_of(host);
    if (!shape.well_formed)
        return errc::invalid_request;
    in_addr v4{};
    if (is_number(host.substr(shape.last_label)) && !parse_address(AF_INET, host, v4))
        return errc::invalid_request;
    if (shape.canonical)
        return host;
    scratch.assign(host);
    for (char& c : scratch)
        c = static_cast<char>(is_upper(c) ? c - 'A' + 'a' : c);
    return std::string_view(scratch);
}

}  // namespace latchkey
