// Reading the stored sessions at the start of a server: which of them may go on, and as what.
//
// A row is what a damaged disk or another program may have made of it, so nothing in it is believed that would let a
// session live longer than it can. Times beyond what is possible are cut back, which only shortens a life; what cannot
// be right at all is forgotten, and counted.
#pragma once

#include "session_journal.hpp"
#include "session_time_line.hpp"
#include "sql_database.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace latchkey {

struct loading_options {
    session_options sessions;
    time_line line;  // this process's
    time_point now;
    bool remote_user_is_email = false;
    seconds keep_revocations{};    // zero: they are not looked at
    std::function<void()> also{};  // within the transaction, at its end
};

struct loading_report {
    std::size_t loaded = 0;
    std::size_t malformed = 0;     // rows that this program cannot have written
    std::size_t without_user = 0;  // gone, disabled, or not readable
    std::size_t damaged_users = 0;
    std::int64_t displaced_by = 0;               // seconds; see displacement()
    std::vector<public_id> expired;              // still in the database: to be forgotten soon
    std::vector<stored_revocation> revocations;  // oldest first
    stored_time_line state;                      // as it is in the database now
};

// The limits by which a session is cut back to what it may be.
struct lifetime_rules {
    lifetime_rules(const session_options& options, idle_limits idle, time_point now) noexcept;

    // Cuts impossible times of `entry` back; whether that is worth being written down.
    bool cut_back(journal_entry& entry) const noexcept;
    bool expired(const journal_entry& entry) const noexcept;

    idle_limits idle;
    std::int64_t absolute;
    std::int64_t remembered_absolute;
    time_point now;
};

// One transaction on `sql`. Hands over sessions as session_journal::load() says. Throws soci::soci_error,
// std::bad_alloc and what `take` throws; the database is as it was then.
loading_report load_sessions(sql_database& database, soci::session& sql, const loading_options& options,
                             const std::function<void(const journal_entry&, const profile_ptr&)>& take);

}  // namespace latchkey
