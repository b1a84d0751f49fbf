#include "trusted_proxies.hpp"

#include "text.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <arpa/inet.h>

namespace latchkey::http {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_mapped(const client_address& a) noexcept {
    return std::equal(mapped_prefix.begin(), mapped_prefix.end(), a.bytes.begin());
}

// inet_pton wants a terminated string.
bool parse_bare(std::string_view text, client_address& out) noexcept {
    std::array<char, INET6_ADDRSTRLEN + 1> buffer{};
    if (text.empty() || text.size() >= buffer.size())
        return false;
    std::copy(text.begin(), text.end(), buffer.begin());
    in_addr v4{};
    if (inet_pton(AF_INET, buffer.data(), &v4) == 1) {
        std::copy(mapped_prefix.begin(), mapped_prefix.end(), out.bytes.begin());
        std::memcpy(out.bytes.data() + mapped_prefix.size(), &v4, sizeof v4);
        return true;
    }
    return inet_pton(AF_INET6, buffer.data(), out.bytes.data()) == 1;
}

}  // namespace

bool parse_address(std::string_view text, client_address& out) noexcept {
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        return end != std::string_view::npos && parse_bare(text.substr(1, end - 1), out);
    }
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos)
        text = text.substr(0, colon);  // exactly one colon: IPv4 with a port
    return parse_bare(text, out);
}

trusted_proxies::trusted_proxies(const std::vector<std::string>& entries) {
    for (const auto& entry : entries) {
        if (entry == "unix:") {
            unix_ = true;
            continue;
        }
        const auto slash = entry.find('/');
        network net;
        if (!parse_bare(std::string_view(entry).substr(0, slash), net.address))
            throw std::invalid_argument("server.trusted_proxies: not a network: " + entry);
        if (slash != std::string::npos) {
            const char* first = entry.data() + slash + 1;
            const char* last = entry.data() + entry.size();
            const auto [stop, error] = std::from_chars(first, last, net.prefix);
            const bool v4 = is_mapped(net.address);
            if (error != std::errc{} || stop != last || net.prefix > (v4 ? 32U : 128U))
                throw std::invalid_argument("server.trusted_proxies: not a network: " + entry);
            net.prefix += v4 ? 96 : 0;
        }
        networks_.push_back(net);
    }
}

bool trusted_proxies::trusts(const client_address& peer) const noexcept {
    return std::any_of(networks_.begin(), networks_.end(), [&](const network& net) {
        const unsigned whole = net.prefix / 8;
        if (!std::equal(peer.bytes.begin(), peer.bytes.begin() + whole, net.address.bytes.begin()))
            return false;
        const unsigned rest = net.prefix % 8;
        const auto mask = static_cast<std::uint8_t>(0xff00U >> rest);
        return rest == 0 || ((peer.bytes[whole] ^ net.address.bytes[whole]) & mask) == 0;
    });
}

bool trusted_proxies::walk(const forwarded_for& chain, client_address& client) const noexcept {
    for (std::size_t i = chain.count; i-- > 0;) {
        auto line = chain.lines[i];
        for (bool first = false; !first;) {
            const auto comma = line.rfind(',');
            first = comma == std::string_view::npos;
            client_address hop;
            if (!parse_address(trim(line.substr(first ? 0 : comma + 1)), hop))
                return false;
            client = hop;
            if (!trusts(hop))
                return true;
            line = line.substr(0, first ? 0 : comma);
        }
    }
    return !chain.shortened;
}

client_address trusted_proxies::client_of(const client_address& peer, const forwarded_for& chain) const noexcept {
    client_address client = peer;
    walk(chain, client);
    return client;
}

client_address trusted_proxies::known_client_of(const client_address& peer, const forwarded_for& chain) const noexcept {
    client_address client = peer;
    return walk(chain, client) ? client : client_address{};
}

}  // namespace latchkey::http
