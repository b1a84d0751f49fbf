// The io threads: one io_context per core, each run by exactly one thread. A connection stays where it was accepted,
// so nothing on its way needs a lock.
#pragma once

#include <latchkey/async.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace latchkey {

// How many cores this process may use: by its affinity mask, so that a container's or taskset's word counts. At
// least 1.
unsigned usable_cores() noexcept;

class io_threads {
public:
    // `count` 0: as many as this process may use cores.
    explicit io_threads(unsigned count);
    // stop(), then destroys whatever still waits in the contexts.
    ~io_threads();
    io_threads(const io_threads&) = delete;
    io_threads& operator=(const io_threads&) = delete;

    std::size_t size() const noexcept { return contexts_.size(); }
    boost::asio::io_context& operator[](std::size_t i) noexcept { return *contexts_[i]; }

    void start();
    // Ends the loops and joins the threads; unfinished work stays unfinished. Idempotent.
    void stop() noexcept;

private:
    std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
    std::vector<boost::asio::executor_work_guard<executor>> guards_;
    std::vector<std::thread> threads_;
};

}  // namespace latchkey
