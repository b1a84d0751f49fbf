// A bounded pool of threads for work that blocks or burns, and offload(), the one door to it from a coroutine.
//
// Two exist: password hashing (memory-bound, low priority) and blocking SQL. The queue is fair between flows, see
// fair_queue.hpp. It holds jobs that live in the waiting coroutines' own frames, so posting one allocates nothing and
// the bound is exact.
#pragma once

#include "fair_queue.hpp"
#include "histogram.hpp"
#include "mutex.hpp"
#include "return_ticket.hpp"

#include <latchkey/async.hpp>
#include <latchkey/clock.hpp>
#include <latchkey/error.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
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
    milliseconds max_wait{0};  // nobody waits longer for a worker; 0: as long as it takes
    // On a worker that has had nothing to do for so long since its last job, once: to let go of what it keeps for the
    // next.
    milliseconds idle_after{0};
    void (*when_idle)() noexcept = nullptr;
};

struct worker_pool_stats {
    std::size_t waiting = 0;
    std::size_t running = 0;
    std::uint64_t done = 0;
    std::uint64_t refused_full = 0;       // at once
    std::uint64_t refused_displaced = 0;  // gave way to a flow with less in the queue
    std::uint64_t refused_too_late = 0;   // at once, or after max_wait
    histogram_snapshot wait;              // of jobs whose turn came
    histogram_snapshot run;
};

class worker_pool {
public:
    using flow_id = fair_queue::flow_id;

    // One waiting piece of work. Owned by whoever posts it and alive until finish() or refuse() was called, exactly
    // one of them, exactly once; nothing here may throw.
    class job : public fair_queue::item {
    public:
        virtual void run() noexcept = 0;  // on a worker thread
        // After run(), on the same thread, and when stats() has it counted: whoever waits goes on.
        virtual void finish() noexcept {}
        // It had to give way, it has waited too long, or the pool is stopping. On any thread that uses the pool.
        virtual void refuse() noexcept = 0;

    protected:
        ~job() = default;

    private:
        friend class worker_pool;
        std::chrono::steady_clock::time_point posted_;
        job* next_late_ = nullptr;  // of those to be refused
    };

    // Starts the threads. Throws std::system_error when that fails.
    explicit worker_pool(worker_pool_options options);
    // stop().
    ~worker_pool();
    worker_pool(const worker_pool&) = delete;
    worker_pool& operator=(const worker_pool&) = delete;

    // False, and the job untouched, when there is no room for it, when it would have to wait longer than max_wait, or
    // when the pool stopped. Flows take turns. Who has waited for max_wait is refused as soon as anybody posts a job or
    // a worker ends one.
    bool try_post(job& work, flow_id flow = 0) noexcept;
    // Whether try_post() would fail now.
    bool full(flow_id flow = 0) const noexcept;
    worker_pool_stats stats() const noexcept;
    // Ends the pool: running jobs finish, waiting ones are refused, the threads are joined. Idempotent.
    void stop() noexcept;

private:
    void work() noexcept;
    void wait_for_work(bool has_worked) noexcept LATCHKEY_REQUIRES(mutex_);
    fair_queue::terms terms_now() const noexcept LATCHKEY_REQUIRES(mutex_);
    job* take_out_late(std::chrono::steady_clock::time_point now) noexcept LATCHKEY_REQUIRES(mutex_);
    static void refuse_all(job* late) noexcept;
    void note_run(std::chrono::nanoseconds took) noexcept LATCHKEY_REQUIRES(mutex_);

    const worker_pool_options options_;
    mutable mutex mutex_;
    std::condition_variable_any wake_;
    fair_queue queue_ LATCHKEY_GUARDED_BY(mutex_);
    std::size_t idle_ LATCHKEY_GUARDED_BY(mutex_) = 0;
    bool stopping_ LATCHKEY_GUARDED_BY(mutex_) = false;
    std::chrono::nanoseconds mean_run_ LATCHKEY_GUARDED_BY(mutex_){0};  // of late; 0: nothing was run yet
    worker_pool_stats counted_ LATCHKEY_GUARDED_BY(mutex_);             // without `waiting` and the histograms
    histogram waits_ LATCHKEY_GUARDED_BY(mutex_);
    histogram runs_ LATCHKEY_GUARDED_BY(mutex_);
    std::vector<std::thread> threads_;
};

// Runs `work` on the pool and comes back to the calling coroutine's own thread with what it returned. `work` must
// return a result<T>; errc::overloaded when the pool has no room for this flow. An exception out of `work` is rethrown
// here. What `work` refers to must outlive the await, and the caller's io_context must outlive the pool (or its
// stop()). Give a named, moved lambda: see async.hpp.
template <class Work>
task<std::invoke_result_t<Work&>> offload(worker_pool& pool, worker_pool::flow_id flow, Work work);
// For a pool of one flow.
template <class Work>
task<std::invoke_result_t<Work&>> offload(worker_pool& pool, Work work);

}  // namespace latchkey

#include "offload.ipp"
