#include "target_host.hpp"

#include "byte_set.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

namespace latchkey {
namespace {

constexpr std::size_t longest_host = 253;

constexpr bool is_upper(char c) noexcept {
    return c >= 'A' && c <= 'Z';
}

// Of a label in canonical form.
constexpr byte_set label_bytes([](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
});
constexpr byte_set digit_bytes([](char c) { return c >= '0' && c <= '9'; });

bool is_number(std::string_view label) noexcept {
    return digit_bytes.has_all(label) || label.starts_with("0x") || label.starts_with("0X");
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
    std::size_t last_label = 0;
    bool is_canonical = true;
    const char* const begin = host.data();
    for (const char* at = begin; at != begin + host.size(); ++at) {
        if (label_bytes.has(*at))
            continue;
        const auto place = static_cast<std::size_t>(at - begin);
        if (*at == '.' && place > last_label)  // no label is empty
            last_label = place + 1;
        else if (is_upper(*at))
            is_canonical = false;
        else
            return errc::invalid_request;
    }
    in_addr v4{};
    if (is_number(host.substr(last_label)) && !parse_address(AF_INET, host, v4))
        return errc::invalid_request;
    if (is_canonical)
        return host;
    scratch.assign(host);
    for (char& c : scratch)
        c = static_cast<char>(is_upper(c) ? c - 'A' + 'a' : c);
    return std::string_view(scratch);
}

}  // namespace latchkey
