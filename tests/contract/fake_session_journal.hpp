// A journal that keeps its rows in memory, where a test can look at them, hold them up, refuse them and cut them off.
//
// The rows outlive the journal: another one over the same rows is a restart. A commit takes its place in the order at
// once and is done in a later turn of the caller's event loop, together with what waits by then, as in the real one.
#pragma once

#include "mutex.hpp"
#include "session_journal.hpp"

#include <latchkey/clock.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace latchkey::testing {

struct journal_rows {
    struct waiting_change {
        const journal_change* change;
        std::optional<result<std::size_t>>* outcome;
    };

    std::atomic<bool> failing{false};     // every commit is refused
    std::atomic<bool> held{false};        // no commit is done until this is over
    std::atomic<bool> cut{false};         // nothing that comes is kept any more
    std::atomic<std::size_t> commits{0};  // that were done

    mutable latchkey::mutex mutex;
    std::map<public_id, journal_entry> rows LATCHKEY_GUARDED_BY(mutex);
    std::map<std::array<std::uint8_t, 32>, public_id> keys LATCHKEY_GUARDED_BY(mutex);  // of the rows
    std::map<public_id, time_point> revocations LATCHKEY_GUARDED_BY(mutex);
    std::map<public_id, profile_ptr> users LATCHKEY_GUARDED_BY(mutex);
    std::vector<waiting_change> waiting LATCHKEY_GUARDED_BY(mutex);

    std::size_t size() const {
        mutex_lock lock(mutex);
        return rows.size();
    }
    std::optional<journal_entry> row(const public_id& id) const {
        mutex_lock lock(mutex);
        const auto found = rows.find(id);
        return found == rows.end() ? std::nullopt : std::optional(found->second);
    }
};

std::unique_ptr<session_journal> make_fake_session_journal(std::shared_ptr<journal_rows> rows,
                                                           const session_options& options, const clock& now);

}  // namespace latchkey::testing
