// A timer for tasks, by a clock that nobody sets.
#pragma once

#include <latchkey/async.hpp>

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>

namespace latchkey {

using steady_timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                       boost::asio::wait_traits<std::chrono::steady_clock>, executor>;

}  // namespace latchkey
