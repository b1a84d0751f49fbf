// One connection, to Redis or to a Sentinel, from its beginning to its end: commands go out as they come, and the
// answers come in the same order. When it has ended there is no second life; what was not answered then is refused.
//
// For the thread of its io_context alone. What waits on the kernel keeps it alive.
#pragma once

#include "redis_request.hpp"
#include "redis_stream.hpp"

#include <latchkey/clock.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

class redis_link : public std::enable_shared_from_this<redis_link> {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                    boost::asio::wait_traits<std::chrono::steady_clock>, executor>;

    // Throws std::bad_alloc.
    redis_link(boost::asio::io_context& io, std::shared_ptr<redis_stream> stream);

    // Connects. Afterwards it has ended, or may be asked. Once.
    task<void> open(time_point until);

    // Has the request finished with its answer, or refused. One that is not answered by its deadline ends the
    // connection, as its answer could not be told from a later one's; but it cannot be answered before those that were
    // sent before it, and is given the time that they have.
    void send(redis_request& request) noexcept;
    // A command of the connection's own.
    task<result<redis_reply>> ask(std::string command, time_point until, bool confidential = false);

    // Returns when it has ended, and at `until` in any case. For one at a time.
    task<void> ended(time_point until = time_point::max());
    bool has_ended() const noexcept { return ended_; }
    const std::string& why() const noexcept { return why_; }
    // Ends it. Idempotent: the first cause counts.
    void end(std::string_view why) noexcept;

private:
    template <class Step>
    void guarded(Step step) noexcept;
    void end_for(boost::system::error_code error) noexcept;
    void flush() noexcept;
    void written(boost::system::error_code error) noexcept;
    void read() noexcept;
    void take(std::string_view bytes);
    void watch() noexcept;

    std::shared_ptr<redis_stream> stream_;
    timer limit_;    // of connecting
    timer overdue_;  // of the first in the row, see armed_
    timer end_;      // cancelled at the end
    redis_reader reader_;
    bool connecting_ = true;
    bool ended_ = false;
    bool writing_ = false;
    bool wipe_ = false;                // something confidential is under way
    std::optional<time_point> armed_;  // when overdue_ looks at the row
    std::string why_;
    std::string unsent_, under_way_;
    std::deque<redis_request*> sent_;  // in the order in which Redis will answer; their deadlines ascend
    std::array<char, 64 * 1024> incoming_{};
};

}  // namespace latchkey
