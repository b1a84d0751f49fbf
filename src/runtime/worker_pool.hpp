// A bounded pool of threads for work that blocks or burns, and offload(), the one door to it from a coroutine.
//
// Two exist: password hashing (memory-bound, low priority) and blocking SQL. The queue holds jobs that live in the
// waiting coroutines' own frames, so posting one allocates nothing and the bound is exact.
#pragma once

#include "mutex.hpp"

#include <latchkey/async.hpp>
#include <latchkey/error.hpp>

#include <boost/asio/post.hpp>

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace latchkey {

enum class thread_priority {
    normal,
    low,   // nice 19: about a seventieth of a busy core, never nothing
    idle,  // SCHED_IDLE: best latency for checks, may starve while all cores are busy
};

struct worker_pool_options {
    std::string name;        // shown by top -H and gdb; at most 15 characters are kept
    unsigned threads = 1;    // at least 1
    std::size_t queue = 64;  // jobs that may wait beside those that run
    thread_priority priority = thread_priority::normal;
};

class worker_pool {
public:
    // One waiting piece of work. Owned by whoever posts it and alive until run() or refuse() was called, exactly one
    // of them, exactly once; neither may throw.
    class job {
    public:
        virtual void run() noexcept = 0;     // on a worker thread
        virtual void refuse() noexcept = 0;  // the pool is stopping; on the thread that stops it

    protected:
        ~job() = default;

    private:
        friend class worker_pool;
        job* next_ = nullptr;
    };

    // Starts the threads. Throws std::system_error when that fails.
    explicit worker_pool(worker_pool_options options);
    // stop().
    ~worker_pool();
    worker_pool(const worker_pool&) = delete;
    worker_pool& operator=(const worker_pool&) = delete;

    // False, and the job untouched, when the queue is full or the pool stopped.
    bool try_post(job& work) noexcept;
    // Whether try_post() would fail now.
    bool full() const noexcept;
    // Ends the pool: running jobs finish, waiting ones are refused, the threads are joined. Idempotent.
    void stop() noexcept;

private:
    void work() noexcept;

    const worker_pool_options options_;
    mutable mutex mutex_;
    std::condition_variable_any wake_;
    job* head_ LATCHKEY_GUARDED_BY(mutex_) = nullptr;
    job* tail_ LATCHKEY_GUARDED_BY(mutex_) = nullptr;
    std::size_t waiting_ LATCHKEY_GUARDED_BY(mutex_) = 0;
    std::size_t idle_ LATCHKEY_GUARDED_BY(mutex_) = 0;
    bool stopping_ LATCHKEY_GUARDED_BY(mutex_) = false;
    std::vector<std::thread> threads_;
};

// Runs `work` on the pool and comes back to the calling coroutine's own thread with what it returned. `work` must
// return a result<T>; errc::overloaded when the pool has no room. An exception out of `work` is rethrown here.
// What `work` refers to must outlive the await, and the caller's io_context must outlive the pool (or its stop()). Give
// a named, moved lambda: see async.hpp.
template <class Work>
task<std::invoke_result_t<Work&>> offload(worker_pool& pool, Work work);

}  // namespace latchkey

#include "offload.ipp"
