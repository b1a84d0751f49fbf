// The revocations as Server-Sent Events (WHATWG HTML, section 9.2), for one follower.
//
// docs/revocation-feed.md is the contract. Piece by piece, so that a follower costs the same few kilobytes however much
// it has to catch up with. For one thread.
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/revocations.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::http {

class revocation_feed {
public:
    static constexpr std::size_t most_followers = 256;    // of this server
    static constexpr std::size_t batch = 256;             // events in one piece
    static constexpr std::int64_t heartbeat_ms = 10'000;  // silence is never longer, up to a second

    // Begins behind `position`, see revocations::since(). `source` and `time` must outlive it.
    revocation_feed(const revocations& source, const clock& time, std::uint64_t position)
        : source_(source), time_(time), position_(position) {}

    // The next events; false when there are none. Throws std::bad_alloc.
    bool append_next(std::string& out);
    static void append_heartbeat(std::string& out);

    // What Last-Event-ID says; 0, and so everything, for whatever is no id of ours.
    static std::uint64_t position_in(std::string_view last_event_id) noexcept;

private:
    const revocations& source_;
    const clock& time_;
    std::uint64_t position_;
    bool greeted_ = false;
};

// {"sid":"…","exp":…}: no access token of the session is good from exp on. `wall_ahead`: of the time line, which the
// entry counts by, while the reader goes by the wall clock. Throws std::bad_alloc.
void append_revocation(std::string& out, const revocation& one, seconds wall_ahead);

}  // namespace latchkey::http
