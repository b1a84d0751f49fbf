// Sessions and profiles as the bytes that Redis keeps, see redis_scripts.cpp. Whatever comes back is checked: another
// program may have written there.
#pragma once

#include "session_journal.hpp"
#include "session_record.hpp"

#include <latchkey/session_store.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

// All throw std::bad_alloc.
std::string write_record(const journal_entry& entry);
std::string write_profile(const user_profile& profile);

struct kept_session {
    journal_entry entry;
    profile_ptr user;
    std::uint64_t ordinal = 0;  // ascends in the order in which sessions began

    // Dead or alive.
    session value(const lifetimes& limits) const;
};
// Nothing when these are no bytes of ours.
std::optional<kept_session> read_session(std::string_view user, std::string_view id, std::string_view record,
                                         const profile_ptr& profile);
profile_ptr read_profile(std::string_view user, std::string_view bytes, bool remote_user_is_email);
std::optional<public_id> read_id(std::string_view bytes) noexcept;
std::vector<public_id> read_ids(std::string_view bytes);  // one behind the other; ascending

inline std::string_view bytes_of(const public_id& id) noexcept {
    return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}
inline std::string_view bytes_of(const session_key& key) noexcept {
    return {reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()};
}

}  // namespace latchkey
