// The commands that wait for a connection, each until its deadline. On one thread.
#pragma once

#include "redis_link.hpp"
#include "redis_request.hpp"

#include <chrono>
#include <deque>

namespace latchkey {

class redis_waiting {
public:
    explicit redis_waiting(boost::asio::io_context& io) : late_(io) {}

    bool empty() const noexcept { return row_.empty(); }
    // Its deadline is no earlier than those of the others. Refused at once without memory for it.
    void add(redis_request& request) noexcept;
    // The one that came first; there is one.
    redis_request& take() noexcept;
    void refuse_all() noexcept;
    // No further waking up: the thread may end.
    void stop() noexcept;

private:
    void watch() noexcept;

    redis_link::timer late_;
    std::deque<redis_request*> row_;
    bool watched_ = false;
};

}  // namespace latchkey
