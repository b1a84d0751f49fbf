#include <latchkey/session.hpp>

#include <algorithm>

#include <arpa/inet.h>

namespace latchkey {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::string client_address::str() const {
    if (*this == client_address{})
        return {};
    char text[INET6_ADDRSTRLEN];
    if (is_ipv4(*this))
        return inet_ntop(AF_INET, bytes.data() + mapped_prefix.size(), text, sizeof text);
    return inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
}

bool is_ipv4(const client_address& address) noexcept {
    return std::equal(mapped_prefix.begin(), mapped_prefix.end(), address.bytes.begin());
}

}  // namespace latchkey
