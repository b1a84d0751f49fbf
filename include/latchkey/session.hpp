// A session: the server's memory that a browser is a certain user's.
//
// The browser holds a token of 256 random bits; the server keeps only its BLAKE2b-256 (the session_key). Neither can
// be turned back into the other without the token. The public id names a session to people and programs and opens
// nothing.
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/error.hpp>
#include <latchkey/user.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace latchkey {

// BLAKE2b-256 of the 32 bytes behind a cookie. Uniformly random: its own bits serve as hash and as shard number.
struct session_key {
    std::array<std::uint8_t, 32> bytes{};

    std::uint64_t word(std::size_t i) const noexcept {  // i in 0..3
        std::uint64_t w;
        std::memcpy(&w, bytes.data() + i * sizeof w, sizeof w);
        return w;
    }
    friend bool operator==(const session_key&, const session_key&) = default;
};

// The client's address: IPv4 as IPv4-mapped IPv6, all zero when unknown (a Unix socket without a proxy's word).
struct client_address {
    std::array<std::uint8_t, 16> bytes{};
    std::string str() const;  // "192.0.2.1", "2001:db8::1", "" when unknown
    friend bool operator==(const client_address&, const client_address&) = default;
};

// Whether it is an IPv4 address.
bool is_ipv4(const client_address& address) noexcept;

struct device {
    client_address ip;
    std::string user_agent;  // at most 128 bytes, printable; what the client said when it logged in
};

// A session as handed out by a store: a copy that nothing else refers to.
struct session {
    public_id id;
    profile_ptr user;
    time_point created_at;
    time_point authenticated_at;  // when the password was last given
    time_point last_seen_at;      // coarse: moves at most once a minute
    time_point idle_expires_at;
    time_point expires_at;  // absolute: activity never moves it
    bool remembered = false;
    client_address ip;
};

// Shortens a User-Agent to what `device` keeps: 128 bytes at most, control bytes and invalid UTF-8 left out.
std::string shorten_user_agent(std::string_view text);

}  // namespace latchkey
