// What attempts are counted under. One place makes the keys, so that the ways in can't differ.
#pragma once

#include "mac.hpp"

#include <latchkey/throttle.hpp>

namespace latchkey {

class throttle_keys {
public:
    explicit throttle_keys(const secret& key) : mac_(key, "throttle") {}

    throttle_key pair(const client_prefix& client, std::string_view account) const noexcept {
        return made(throttle_kind::pair, client.network.bytes, account);
    }
    throttle_key client(const client_prefix& client) const noexcept {
        return made(throttle_kind::client, client.network.bytes, {});
    }
    throttle_key account(std::string_view account) const noexcept { return made(throttle_kind::account, {}, account); }
    throttle_key device(const device_id& device, std::string_view account) const noexcept {
        return made(throttle_kind::device, device.bytes, account);
    }

private:
    // The kind says how long the second part is.
    throttle_key made(throttle_kind kind, std::span<const std::uint8_t> whose,
                      std::string_view account) const noexcept {
        const auto first = static_cast<std::uint8_t>(kind);
        return {mac_.of({{&first, 1}, whose, bytes_of(account)})};
    }

    const mac mac_;
};

}  // namespace latchkey
