// The journal over SQL.
#pragma once

#include "database.hpp"
#include "session_journal.hpp"
#include "time_line.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/log.hpp>

#include <functional>
#include <memory>

namespace latchkey {

// Keeps sessions in a database that was opened with open_database(), on a thread and a connection of its own. A commit
// waits up to 5 s for another writer; when that is in vain, everything that waits is refused. Throws std::runtime_error
// with a sentence for the operator. `taken_over` is called, on the journal's thread, when another server has taken the
// sessions of this database into its memory: nothing is committed any more, and this server has to end. `line` is the
// time line of `now`; `now` and `log` must outlive the journal, and so must the io_context of everybody who waits for a
// commit.
std::unique_ptr<session_journal> make_sql_session_journal(std::shared_ptr<sql_database> database,
                                                          const session_options& options, const clock& now,
                                                          time_line line, bool remote_user_is_email, logger& log,
                                                          std::function<void()> taken_over = {});

}  // namespace latchkey
