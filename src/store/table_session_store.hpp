// The session store over the table in this process's memory, alone or with a journal that makes it survive.
//
// Checks are answered from memory and never wait for the journal. Memory, all indexes included: 130 to 180 bytes a
// session (by the number of sessions a user has) and what distinct User-Agents take; it is kept for reuse until the
// store goes. max_per_user below 1 counts as 1. `now` must outlive the store.
#pragma once

#include "revocation_log.hpp"
#include "session_journal.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/log.hpp>
#include <latchkey/session_store.hpp>

#include <memory>

namespace latchkey {

// Gone with the process. Every operation but page(), erase_anyones() and a refreshing rotate() at the very moment of
// another with the same keys completes without suspending. What is ended on purpose goes to `revoked`, unless null; it
// must outlive the store, here and below.
std::unique_ptr<session_store> make_memory_session_store(const session_options& options, const clock& now,
                                                         revocation_log* revoked = nullptr);

// Loads what the journal kept, revocations too, before it returns; throws what session_journal::load() throws. The
// store's destructor hands over when sessions were last seen and stops the journal: call it when no operation waits any
// more.
std::unique_ptr<session_store> make_journaled_session_store(const session_options& options, const clock& now,
                                                            std::unique_ptr<session_journal> journal, logger& log,
                                                            revocation_log* revoked = nullptr);

}  // namespace latchkey
