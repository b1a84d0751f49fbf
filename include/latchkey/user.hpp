// A person who can log in, and the immutable picture of one that all of the user's sessions share.
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/email.hpp>
#include <latchkey/group_list.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <new>
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
// threads. One block of memory per user, however many sessions, and there may be as many as sessions: the values stand
// behind the object in the block, one behind the other, and what they have in common is not kept.
class user_profile final : public boost::intrusive_ref_counter<user_profile, boost::thread_safe_counter> {
private:
    // Where each of the values ends.
    struct places {
        std::uint16_t email, name, groups;
        bool email_is_who;  // Remote-User says the email, not the id
    };
    const places at_;  // first: it fills the gap behind the counter

public:
    const public_id id;
    const std::int64_t version;  // of the user that this is a picture of: never replaced by an older one

    user_profile(const user_profile&) = delete;
    user_profile& operator=(const user_profile&) = delete;
    ~user_profile() = default;

    // Views into the profile.
    std::string_view email() const noexcept { return {values(), at_.email}; }
    std::string_view name() const noexcept { return between(at_.email, at_.name); }
    group_list groups() const noexcept { return group_list(between(at_.name, at_.groups)); }

    // What Remote-User says of the user. Throws std::bad_alloc.
    void append_remote_user(std::string& out) const;
    // The identity header lines of an authorization answer, each ended by CRLF: Remote-User, Remote-Email, Remote-Name,
    // Remote-Groups. Free of CR and LF within the values by the rules above. Throws std::bad_alloc.
    void append_identity_headers(std::string& out) const;

    // What an answer reads comes into the cache.
    void fetch() const noexcept {
        __builtin_prefetch(this, 1);
        __builtin_prefetch(values() + 24);
    }

    friend bool operator==(const user_profile& a, const user_profile& b) noexcept {
        return a.id == b.id && a.version == b.version && a.at_.email_is_who == b.at_.email_is_who &&
               a.email() == b.email() && a.name() == b.name() && a.groups() == b.groups();
    }

    // For the reference counter: gives back the whole block.
    static void operator delete(user_profile* dead, std::destroying_delete_t) noexcept;

private:
    friend boost::intrusive_ptr<const user_profile> make_profile(const user& u, bool remote_user_is_email);
    user_profile(const user& u, places at) noexcept : at_(at), id(u.id), version(u.version) {}
    const char* values() const noexcept { return reinterpret_cast<const char*>(this + 1); }
    std::string_view between(std::size_t begin, std::size_t end) const noexcept {
        return {values() + begin, end - begin};
    }
};
using profile_ptr = boost::intrusive_ptr<const user_profile>;

// `u` obeys the rules above. `remote_user_is_email` chooses what Remote-User carries. Throws std::bad_alloc.
profile_ptr make_profile(const user& u, bool remote_user_is_email);

}  // namespace latchkey
