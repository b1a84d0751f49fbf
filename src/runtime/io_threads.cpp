#include "io_threads.hpp"

#include <algorithm>

#include <pthread.h>
#include <sched.h>

namespace latchkey {

unsigned usable_cores() noexcept {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return std::max(1U, std::thread::hardware_concurrency());
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

io_threads::io_threads(unsigned count) {
    if (count == 0)
        count = usable_cores();
    for (unsigned i = 0; i < count; ++i) {
        contexts_.push_back(std::make_unique<boost::asio::io_context>(1));  // 1: no locking between threads
        guards_.push_back(boost::asio::make_work_guard(contexts_.back()->get_executor()));
    }
}

io_threads::~io_threads() {
    stop();
    guards_.clear();
    contexts_.clear();
}

void io_threads::start() {
    for (auto& context : contexts_) {
        threads_.emplace_back([&io = *context] { io.run(); });
        pthread_setname_np(threads_.back().native_handle(), "latchkey-io");
    }
}

void io_threads::stop() noexcept {
    for (auto& context : contexts_)
        context->stop();
    for (auto& thread : threads_)
        thread.join();
    threads_.clear();
}

}  // namespace latchkey
