// Tells Redis when sessions were used, so that other servers and this one after a restart know. What is lost of it lets
// sessions end sooner, and never later.
#pragma once

#include "mutex.hpp"
#include "script_runner.hpp"
#include "session_table.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace latchkey {

class seen_sessions {
public:
    // Both outlive *this.
    seen_sessions(script_runner& scripts, session_table& table) : scripts_(scripts), table_(table) {}

    // A session that is not in the table was used now. As it is from now on.
    session touch(kept_session read, time_point now);
    // Of this user, before somebody judges the user's sessions.
    task<void> tell_of(public_id user);
    // An eighth of all; and all.
    task<void> tell_some();
    task<void> tell_all();

private:
    static constexpr std::size_t most_kept = 100'000;
    static constexpr std::size_t at_a_time = 300;

    task<void> tell(std::vector<last_seen> seen);
    std::vector<last_seen> take_noted();
    void note(std::vector<last_seen> seen) noexcept;

    script_runner& scripts_;
    session_table& table_;
    mutex mutex_;
    std::vector<last_seen> noted_ LATCHKEY_GUARDED_BY(mutex_);
    std::uint32_t shard_ LATCHKEY_GUARDED_BY(mutex_) = 0;
};

}  // namespace latchkey
