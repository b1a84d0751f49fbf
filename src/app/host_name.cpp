#include "host_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>

namespace latchkey {
namespace {

using address_bytes = std::array<unsigned char, 16>;

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// inet_pton() wants a terminator, and stops at a NUL byte that ours may contain.
bool to_bytes(int family, std::string_view text, address_bytes& out) {
    if (text.find_first_not_of("0123456789abcdef:.") != std::string_view::npos)
        return false;
    return inet_pton(family, std::string(text).c_str(), out.data()) == 1;
}

// Digits without a leading zero, at most `most`.
std::optional<unsigned> to_number(std::string_view text, unsigned most) {
    unsigned value = 0;
    if (!is_digits(text) || text.size() > 5 || (text.size() > 1 && text.front() == '0'))
        return std::nullopt;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value <= most ? std::optional(value) : std::nullopt;
}

bool is_label(std::string_view text) {
    return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

}  // namespace

bool is_host_name(std::string_view text) {
    if (text.size() > 253)
        return false;
    for (;;) {
        const auto dot = text.find('.');
        if (!is_label(text.substr(0, dot)))
            return false;
        if (dot == std::string_view::npos)
            return !is_digits(text);
        text.remove_prefix(dot + 1);
    }
}

bool is_ipv4(std::string_view text) {
    address_bytes bytes;
    return to_bytes(AF_INET, text, bytes);
}

bool is_ipv6(std::string_view text) {
    address_bytes bytes;
    return to_bytes(AF_INET6, text, bytes);
}

std::optional<host_and_port> parse_host_and_port(std::string_view text) {
    host_and_port out;
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = std::min(text.find(']'), text.size());
        out.host = text.substr(1, end - 1);
        out.is_address = true;
        if (end == text.size() || !is_ipv6(out.host))
            return std::nullopt;
        rest = text.substr(end + 1);
    } else {
        const auto end = std::min(text.find(':'), text.size());
        out.host = text.substr(0, end);
        out.is_address = is_ipv4(out.host);
        if (!out.is_address && !is_host_name(out.host))
            return std::nullopt;
        rest = text.substr(end);
    }
    if (rest.empty())
        return out;
    const auto port = rest.front() == ':' ? to_number(rest.substr(1), 65'535) : std::nullopt;
    if (!port)
        return std::nullopt;
    out.port = static_cast<std::uint16_t>(*port);
    return out;
}

std::optional<ip_network> parse_network(std::string_view text) {
    const auto slash = std::min(text.find('/'), text.size());
    const auto address = text.substr(0, slash);
    const bool v4 = is_ipv4(address);
    address_bytes bytes{};
    const auto prefix = slash == text.size() ? std::nullopt : to_number(text.substr(slash + 1), v4 ? 32 : 128);
    if (!prefix || !to_bytes(v4 ? AF_INET : AF_INET6, address, bytes))
        return std::nullopt;
    if (!v4 && *prefix >= 96 && IN6_IS_ADDR_V4MAPPED(reinterpret_cast<const in6_addr*>(bytes.data())))
        return std::nullopt;

    address_bytes masked = bytes;
    for (unsigned bit = *prefix; bit < (v4 ? 32U : 128U); ++bit)
        masked[bit / 8] = static_cast<unsigned char>(masked[bit / 8] & ~(0x80U >> bit % 8));
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    inet_ntop(v4 ? AF_INET : AF_INET6, masked.data(), buffer.data(), buffer.size());
    return ip_network{std::string(address), *prefix, masked != bytes,
                      std::string(buffer.data()) + '/' + std::to_string(*prefix)};
}

bool is_loopback(std::string_view host) {
    return host == "localhost" || host.ends_with(".localhost") || host == "::1" ||
           (is_ipv4(host) && host.starts_with("127."));
}

}  // namespace latchkey
