#include "rule_patterns.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>

namespace latchkey {
namespace {

constexpr std::array<std::uint8_t, 12> ipv4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_ipv4_client(const client_address& client) noexcept {
    return std::equal(ipv4_prefix.begin(), ipv4_prefix.end(), client.bytes.begin());
}

client_address first_bits(client_address address, unsigned bits) noexcept {
    for (unsigned i = 0; i < address.bytes.size(); ++i) {
        const unsigned kept = std::min(8U, bits - std::min(bits, i * 8));
        address.bytes[i] = static_cast<std::uint8_t>(address.bytes[i] & (0xff00U >> kept));
    }
    return address;
}

}  // namespace

rule_domain rule_domain::parse(std::string_view text) noexcept {
    return text.starts_with("*.") ? rule_domain{text.substr(2), true} : rule_domain{text, false};
}

bool rule_domain::matches(std::string_view host) const noexcept {
    if (!below)
        return host == name;
    return host.size() > name.size() + 1 && host.ends_with(name) && host[host.size() - name.size() - 1] == '.';
}

bool rule_domain::covers(const rule_domain& other) const noexcept {
    return other.below ? below && (other.name == name || matches(other.name)) : matches(other.name);
}

rule_path rule_path::parse(std::string_view text) noexcept {
    if (text.starts_with('~')) {
        text.remove_prefix(std::min(text.find_first_not_of(' ', 1), text.size()));
        return {text, kind::regex};
    }
    if (text.ends_with("/*"))
        return {text.substr(0, text.size() - 1), kind::below};
    return {text, kind::exact};
}

bool rule_path::covers(const rule_path& other) const noexcept {
    if (what == kind::below && text == "/")
        return true;
    if (what == other.what && text == other.text)
        return true;
    return what == kind::below && other.what != kind::regex && other.text.starts_with(text);
}

rule_network rule_network::parse(std::string_view text) {
    rule_network out;
    const auto slash = std::min(text.find('/'), text.size());
    const std::string address(text.substr(0, slash));
    in_addr v4{};
    if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
        out.is_ipv4 = true;
        std::copy(ipv4_prefix.begin(), ipv4_prefix.end(), out.address.bytes.begin());
        std::memcpy(out.address.bytes.data() + ipv4_prefix.size(), &v4, sizeof v4);
    } else if (inet_pton(AF_INET6, address.c_str(), out.address.bytes.data()) != 1) {
        throw std::invalid_argument("not a network: " + std::string(text));
    }
    const unsigned most = out.is_ipv4 ? 32 : 128;
    unsigned prefix = most;
    if (slash < text.size()) {
        const char* last = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + slash + 1, last, prefix);
        if (error != std::errc{} || stop != last || prefix > most)
            throw std::invalid_argument("not a network: " + std::string(text));
    }
    out.bits = 128 - most + prefix;
    out.address = first_bits(out.address, out.bits);
    return out;
}

bool rule_network::matches(const client_address& client) const noexcept {
    return is_ipv4_client(client) == is_ipv4 && client != client_address{} && first_bits(client, bits) == address;
}

bool rule_network::covers(const rule_network& other) const noexcept {
    return is_ipv4 == other.is_ipv4 && bits <= other.bits && first_bits(other.address, bits) == address;
}

}  // namespace latchkey
