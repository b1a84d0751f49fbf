// What comes after the last answer of a connection: the revocation feed, if it was asked for, and the end.
#include "connection.hpp"
#include "revocation_feed.hpp"

#include <latchkey/secret.hpp>

#include <algorithm>
#include <array>

namespace latchkey::http {
namespace {

constexpr std::int64_t linger_ms = 2'000;
constexpr std::size_t linger_bytes = 256 * 1024;

class counted_follower {
public:
    explicit counted_follower(std::atomic<std::size_t>& all) noexcept : all_(all) {
        all_.fetch_add(1, std::memory_order_relaxed);
    }
    ~counted_follower() { all_.fetch_sub(1, std::memory_order_relaxed); }
    counted_follower(const counted_follower&) = delete;
    counted_follower& operator=(const counted_follower&) = delete;

private:
    std::atomic<std::size_t>& all_;
};

}  // namespace

// Sends what ended behind `position`, and goes on with what ends, until the client leaves or says anything, or the
// server stops; false when it would not take what was sent. Between two looks it waits for the client, and so knows at
// once when that is gone; the deadline of the wait is what makes it look again.
task<bool> connection::follow(std::uint64_t position) {
    const counted_follower counted(svc_->state.followers);
    following_ = true;
    revocation_feed feed(*svc_->core.revoked, svc_->core.time, position);
    coarse_ms spoke = core_.now;
    for (;;) {
        if (feed.append_next(rest_))
            spoke = core_.now;
        else if (core_.now - spoke >= revocation_feed::heartbeat_ms)
            revocation_feed::append_heartbeat(rest_), spoke = core_.now;
        if (!rest_.empty()) {
            const bool written = co_await write_rest();
            if (!written)
                co_return false;
            continue;
        }
        expired_ = false;
        deadline = core_.deadline_in(0);
        std::array<char, 256> heard;
        const std::size_t said = co_await read_some(heard.data(), heard.size());
        deadline = no_deadline;
        if (said != 0 || !expired_)
            co_return true;
        expired_ = false;
    }
}

// What is left must not wait in the kernel for somebody who doesn't read.
void connection::abandon() noexcept {
    socket_.drop_on_close();
}

// Says that no more will come and reads until the client has said the same, so that the kernel has no reason to send
// a reset after (or instead of) the answer.
task<void> connection::linger() {
    if (!socket_.end_output())
        co_return;
    wipe(std::span(data_, end_));
    begin_ = end_ = 0;
    deadline = core_.deadline_in(linger_ms);
    expired_ = false;
    for (std::size_t total = 0; total < linger_bytes;) {
        std::array<char, 1024> unread;
        const std::size_t n = co_await read_some(unread.data(), unread.size());
        wipe(std::span(unread.data(), n));  // a body may hold a password
        if (n == 0)
            co_return;
        total += n;
    }
}

}  // namespace latchkey::http
