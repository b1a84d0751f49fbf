// What the admin listener answers, read back into what it was made of. The JSON comes from another process: whatever
// does not look as it should is no answer.
#pragma once

#include "failure.hpp"

#include <latchkey/reload.hpp>
#include <latchkey/session_store.hpp>
#include <latchkey/throttle.hpp>
#include <latchkey/user.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace latchkey {

std::optional<user> read_user(const std::string& json);

struct answered_users {
    std::vector<user> users;
    std::string next;  // the cursor for what follows; empty at the end
};
std::optional<answered_users> read_users(const std::string& json);

struct answered_sessions {
    std::vector<listed_session> sessions;
    std::string next;
};
std::optional<answered_sessions> read_sessions(const std::string& json);

std::optional<std::vector<throttle_entry>> read_throttles(const std::string& json);
std::optional<std::size_t> read_cleared(const std::string& json);

std::optional<std::size_t> read_revoked(const std::string& json);

// Of status 200, or 422 with its faults.
std::optional<reload_report> read_reload_report(const std::string& json);

// What the server last refused to believe of a proxy, see src/http/refused_urls.hpp.
struct answered_diagnosis {
    std::uint64_t refused = 0;  // so far
    std::string header, peer;
    bool peer_trusted = false;
};
std::optional<answered_diagnosis> read_diagnosis(const std::string& json);

// A problem of any status: its code and sentence where they are known here.
failure read_problem(unsigned status, const std::string& json);

// For a 2xx that is no answer.
failure unreadable_answer();

}  // namespace latchkey
