// Whose word counts: the networks whose forwarding headers are believed (requirement F1).
#pragma once

#include "request_head.hpp"

#include <latchkey/session.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace latchkey::http {

class trusted_proxies {
public:
    // Entries are CIDR networks, single addresses, or "unix:" for peers on a Unix socket. Throws
    // std::invalid_argument: the configuration's checks have refused bad entries before.
    explicit trusted_proxies(const std::vector<std::string>& entries);

    bool trusts(const client_address& peer) const noexcept;
    bool trusts_unix_peers() const noexcept { return unix_; }

    // The client behind the proxies: X-Forwarded-For walked from the right, past every trusted address. What is not an
    // address ends the walk; the last one that was believed is the answer. `peer` itself is trusted already.
    client_address client_of(const client_address& peer, const forwarded_for& chain) const noexcept;

    // The same for those who decide by it: where the walk ends at something else than an address, the client is unknown
    // (all zero) rather than the proxy that said so (requirement F2).
    client_address known_client_of(const client_address& peer, const forwarded_for& chain) const noexcept;

private:
    // False when the walk met what is no address. `client`: the last one that was believed.
    bool walk(const forwarded_for& chain, client_address& client) const noexcept;

    struct network {
        client_address address;  // IPv4 as mapped, with its prefix counted from the mapped form's 96 bits
        unsigned prefix = 128;
    };
    std::vector<network> networks_;
    bool unix_ = false;
};

// "192.0.2.1", "[2001:db8::1]", with or without a port; false when it is none of these.
bool parse_address(std::string_view text, client_address& out) noexcept;

}  // namespace latchkey::http
