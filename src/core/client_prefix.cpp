#include <latchkey/client_prefix.hpp>

#include <algorithm>

namespace latchkey {
namespace {

constexpr std::size_t v6_prefix_bytes = 8;

}  // namespace

std::string client_prefix::str() const {
    std::string text = network.str();
    if (!text.empty() && !is_ipv4(network))
        text.append("/64");
    return text;
}

client_prefix prefix_of(const client_address& client) noexcept {
    client_prefix out{client};
    if (!is_ipv4(client))
        std::fill(out.network.bytes.begin() + v6_prefix_bytes, out.network.bytes.end(), std::uint8_t{0});
    return out;
}

}  // namespace latchkey
