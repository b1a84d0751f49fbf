// The session store that lives in this process's memory: fast, bounded, and gone with the process.
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/session_store.hpp>

#include <memory>

namespace latchkey {

// Uses the time-outs and limits of `options`; max_per_user below 1 counts as 1. `now` must outlive the store.
// Every operation completes without suspending. Memory, all indexes included: 130 to 180 bytes a session (by the
// number of sessions a user has) and what distinct User-Agents take; it is kept for reuse until the store goes.
std::unique_ptr<session_store> make_memory_session_store(const session_options& options, const clock& now);

}  // namespace latchkey
