// A coroutine run to its end on this thread. What is timed stands in a loop within it, so that a measurement pays for
// awaiting what it measures and not for starting.
#pragma once

#include <latchkey/async.hpp>

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace latchkey::bench {

inline void run(task<void> what) {
    boost::asio::io_context io(1);
    std::exception_ptr fault;
    boost::asio::co_spawn(io, std::move(what), [&fault](std::exception_ptr e) { fault = e; });
    io.run();
    if (fault)
        std::rethrow_exception(fault);
}

}  // namespace latchkey::bench
