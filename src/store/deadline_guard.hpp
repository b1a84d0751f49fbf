// Ends what a connection waits for when it takes too long.
//
// A database server that hangs, or a machine that is gone, leaves a client waiting for ever: no time-out of the
// server's own reaches it. When the time is up the socket is shut down, by a thread that sleeps until then; whoever
// waits on it is told that the connection is lost. All members may be called from every thread.
#pragma once

#include "mutex.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <thread>
#include <utility>

namespace latchkey {

class deadline_guard {
public:
    using steady = std::chrono::steady_clock;

    deadline_guard();
    // Nobody is watched any more.
    ~deadline_guard();
    deadline_guard(const deadline_guard&) = delete;
    deadline_guard& operator=(const deadline_guard&) = delete;

    using watch = std::uint64_t;
    // Until end(): the descriptor stays open, and this socket's, for at least as long.
    watch begin(int socket, steady::duration time);
    void end(watch which) noexcept;

private:
    void work() noexcept;

    latchkey::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<watch, std::pair<steady::time_point, int>> watched_ LATCHKEY_GUARDED_BY(mutex_);  // -1: it is shut down
    watch next_ LATCHKEY_GUARDED_BY(mutex_) = 1;
    bool over_ LATCHKEY_GUARDED_BY(mutex_) = false;
    std::thread thread_;
};

}  // namespace latchkey
