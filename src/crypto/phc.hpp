// The text form of a password hash, "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>", read strictly.
//
// A stored hash comes from a database that somebody else may have written to: its numbers decide how much memory and
// time a login takes. They are held against these bounds before anything is done with them (requirement P4).
#pragma once

#include <latchkey/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace latchkey {

namespace argon2_bounds {
inline constexpr std::uint32_t smallest_memory = 8;           // KiB for each lane: argon2's own minimum
inline constexpr std::uint32_t largest_memory = 1024 * 1024;  // KiB: 1 GiB
inline constexpr std::uint32_t most_iterations = 64;
inline constexpr std::uint32_t most_lanes = 16;
inline constexpr std::size_t shortest_salt = 8, longest_salt = 64;  // bytes
inline constexpr std::size_t shortest_tag = 16, longest_tag = 64;   // bytes
}  // namespace argon2_bounds

struct phc_parameters {
    std::uint32_t memory = 0;      // m, KiB
    std::uint32_t iterations = 0;  // t
    std::uint32_t lanes = 0;       // p
    std::size_t salt_size = 0;     // bytes
    std::size_t tag_size = 0;      // bytes
    friend bool operator==(const phc_parameters&, const phc_parameters&) = default;
};

// errc::unsupported_hash for everything but argon2id, version 19, the parameters m, t and p in this order without
// leading zeros and within bounds, and a salt and a tag in canonical unpadded base64 of lengths within bounds.
result<phc_parameters> parse_phc(std::string_view text) noexcept;

}  // namespace latchkey
