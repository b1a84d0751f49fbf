// The device token: what a browser that somebody has logged in with keeps, beside the session, for a year or so.
//
// It vouches for the accounts that have logged in with it, so that their owner has a budget of attempts that nobody
// else can use up (requirement L7); it opens nothing and is read for nothing else. The server keeps no list: a token is
// the device's random id, the time of its first login and a tag for each account, under a MAC. Who holds one learns
// neither accounts nor whether two tokens share one: the tags are keyed, and mixed with the device's id.
//
// Immutable: all members may be called from every thread.
#pragma once

#include "mac.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/throttle.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace latchkey {

// A token as read(): genuine, and not too old.
struct known_device {
    static constexpr std::size_t most_accounts = 8;
    using account_tag = std::array<std::uint8_t, 8>;

    device_id id;
    time_point issued;
    std::array<account_tag, most_accounts> accounts{};  // the one that came last in front
    std::size_t count = 0;
};

class device_tokens {
public:
    // `key`: the installation's secret, mac::key_size bytes. A token is good for `memory` from the device's first login
    // on. `time` must outlive *this. Throws as mac.
    device_tokens(const secret& key, seconds memory, const clock& time);

    // Whatever is no token of ours, or no longer, is nobody's device: there is no error to tell.
    std::optional<known_device> read(std::string_view token) const noexcept;

    // Whether this account (a canonical email) has logged in with the device.
    bool vouches(const known_device& device, std::string_view account) const noexcept;

    // The token for a browser that `account` has just logged in with and that held `token`: empty when that will do.
    // Else one for the same device that vouches for this account too (of more than most_accounts, the one that came
    // first goes), or for a new device. Throws std::bad_alloc.
    secret after_login(std::string_view token, std::string_view account) const;

private:
    known_device::account_tag tag_of(const device_id& device, std::string_view account) const noexcept;
    secret write(const known_device& device) const;

    const mac seal_;
    const mac tags_;
    const seconds memory_;
    const clock& time_;
};

}  // namespace latchkey
