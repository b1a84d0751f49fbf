// A person who can log in, and the immutable picture of one that all of the user's sessions share.
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/email.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

// 16 random bytes (random_public_id() in src/crypto makes them); shown to people, proxies and programs as 32 lower-case
// hex digits.
struct public_id {
    std::array<std::uint8_t, 16> bytes{};

    static result<public_id> parse(std::string_view text) noexcept;  // errc::not_found unless 32 lower-case hex digits
    std::string str() const;
    void write(char* out32) const noexcept;  // exactly 32 characters, no terminator, no allocation
    friend auto operator<=>(const public_id&, const public_id&) = default;
};

inline constexpr std::size_t longest_user_name = 128;  // bytes
inline constexpr std::size_t longest_group = 64;
inline constexpr std::size_t most_groups = 64;

struct user {
    public_id id;
    std::string email;                // canonical, see email.hpp
    std::string name;                 // UTF-8 without control characters, at most 128 bytes; may be empty
    std::vector<std::string> groups;  // sorted, unique; each 1..64 characters of [A-Za-z0-9._-]
    bool disabled = false;
    time_point created_at;
    std::int64_t version = 0;  // goes up with every change of this user
};

// name and group rules in one place. Both answer errc::invalid_request with nothing changed.
result<void> validate_user_name(std::string_view name);
// Splits nothing, trims nothing: sorts, removes doubles and checks every entry (at most 64 groups).
result<std::vector<std::string>> canonical_groups(std::vector<std::string> groups);

// What a session knows of its user. Swapped whole when the user changes, never modified: share it freely between
// threads. One allocation's worth per user, however many sessions.
struct user_profile final : boost::intrusive_ref_counter<user_profile, boost::thread_safe_counter> {
    public_id id;
    std::string email;
    std::string name;
    std::vector<std::string> groups;
    std::int64_t version = 0;  // of the user that this is a picture of: never replaced by an older one
    // The identity header lines of an authorization answer, ready to be sent, each ended by CRLF: Remote-User,
    // Remote-Email, Remote-Name, Remote-Groups. Free of CR and LF within the values by the rules above.
    std::string identity_headers;

    friend bool operator==(const user_profile& a, const user_profile& b) noexcept {
        return a.id == b.id && a.email == b.email && a.name == b.name && a.groups == b.groups &&
               a.version == b.version && a.identity_headers == b.identity_headers;
    }
};
using profile_ptr = boost::intrusive_ptr<const user_profile>;

// `remote_user_is_email` chooses what Remote-User carries.
profile_ptr make_profile(const user& u, bool remote_user_is_email);

}  // namespace latchkey
