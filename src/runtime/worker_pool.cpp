#include "worker_pool.hpp"

#include <algorithm>

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace latchkey {
namespace {

// Both are best effort: without the right to lower itself a thread simply stays as it is.
void lower_this_thread(thread_priority priority) noexcept {
    if (priority == thread_priority::low) {
        // On Linux the nice value belongs to the thread when it is named by its own id.
        (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);
    } else if (priority == thread_priority::idle) {
        const sched_param none{};
        (void)pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);
    }
}

unsigned threads_of(const worker_pool_options& options) noexcept {
    return std::max(1U, options.threads);
}

}  // namespace

worker_pool::worker_pool(worker_pool_options options)
    : options_(std::move(options)), queue_(options_.queue + threads_of(options_)) {
    threads_.reserve(threads_of(options_));
    for (unsigned i = 0; i < threads_of(options_); ++i) {
        threads_.emplace_back([this] { work(); });
        pthread_setname_np(threads_.back().native_handle(), options_.name.substr(0, 15).c_str());
    }
}

worker_pool::~worker_pool() {
    stop();
}

fair_queue::terms worker_pool::terms_now() const noexcept {
    fair_queue::terms terms;
    // A job that an idle worker is about to take does not count as waiting.
    terms.room = options_.queue + idle_;
    if (options_.max_wait > milliseconds{0} && mean_run_ > std::chrono::nanoseconds{0})
        terms.most_before = static_cast<std::size_t>(options_.max_wait / mean_run_ * threads_of(options_));
    return terms;
}

// Those that have waited too long leave their places to others, wherever they stand. Chained by next_late_.
worker_pool::job* worker_pool::take_out_late(std::chrono::steady_clock::time_point now) noexcept {
    job* late = nullptr;
    job** end = &late;
    if (options_.max_wait == milliseconds{0})
        return late;
    for (auto* oldest = static_cast<job*>(queue_.oldest()); oldest && now - oldest->posted_ > options_.max_wait;
         oldest = static_cast<job*>(queue_.oldest())) {
        queue_.take_out(*oldest);
        waits_.add(now - oldest->posted_);
        ++counted_.refused_too_late;
        oldest->next_late_ = nullptr;
        *end = oldest;
        end = &oldest->next_late_;
    }
    return late;
}

void worker_pool::refuse_all(job* late) noexcept {
    while (late) {
        job& first = *late;
        late = first.next_late_;  // before it is refused: it may be gone then
        first.refuse();
    }
}

bool worker_pool::try_post(job& work, flow_id flow) noexcept {
    fair_queue::outcome outcome;
    job* late = nullptr;
    {
        mutex_lock lock(mutex_);
        if (stopping_)
            return false;
        work.posted_ = std::chrono::steady_clock::now();
        late = take_out_late(work.posted_);
        outcome = queue_.push(work, flow, terms_now());
        if (outcome.refused)
            ++(*outcome.refused == fair_queue::refusal::full ? counted_.refused_full : counted_.refused_too_late);
        else if (outcome.displaced)
            ++counted_.refused_displaced;
    }
    refuse_all(late);
    if (outcome.refused)
        return false;
    if (outcome.displaced)
        static_cast<job*>(outcome.displaced)->refuse();
    wake_.notify_one();
    return true;
}

bool worker_pool::full(flow_id flow) const noexcept {
    mutex_lock lock(mutex_);
    return stopping_ || queue_.refuses(flow, terms_now());
}

worker_pool_stats worker_pool::stats() const noexcept {
    mutex_lock lock(mutex_);
    worker_pool_stats out = counted_;
    out.waiting = queue_.size();
    out.wait = waits_.value();
    out.run = runs_.value();
    return out;
}

void worker_pool::stop() noexcept {
    {
        mutex_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (;;) {
        fair_queue::item* left = nullptr;
        {
            mutex_lock lock(mutex_);
            left = queue_.pop();
        }
        if (!left)
            break;
        static_cast<job*>(left)->refuse();
    }
    for (auto& thread : threads_)
        thread.join();
    threads_.clear();
}

// The last eight or so count. One that was stopped for an hour (SIGSTOP, a suspended machine) mustn't keep everybody
// out once it goes on.
void worker_pool::note_run(std::chrono::nanoseconds took) noexcept {
    runs_.add(took);
    if (options_.max_wait > milliseconds{0})
        took = std::min<std::chrono::nanoseconds>(took, options_.max_wait);
    mean_run_ = mean_run_ == std::chrono::nanoseconds{0} ? took : mean_run_ + (took - mean_run_) / 8;
}

void worker_pool::wait_for_work(bool has_worked) noexcept {
    const auto patience = std::chrono::steady_clock::now() + options_.idle_after;
    bool to_tell = has_worked && options_.when_idle;
    ++idle_;
    while (queue_.size() == 0 && !stopping_) {
        if (!to_tell) {
            wake_.wait(mutex_);
        } else if (wake_.wait_until(mutex_, patience) == std::cv_status::timeout && queue_.size() == 0) {
            to_tell = false;
            mutex_.unlock();
            options_.when_idle();
            mutex_.lock();
        }
    }
    --idle_;
}

void worker_pool::work() noexcept {
    using steady = std::chrono::steady_clock;
    lower_this_thread(options_.priority);
    bool has_worked = false;
    for (;;) {
        fair_queue::item* next = nullptr;
        job* late = nullptr;
        steady::time_point begun;
        {
            mutex_lock lock(mutex_);
            wait_for_work(has_worked);
            if (stopping_)
                return;  // what still waits is refused by whoever stops the pool
            begun = steady::now();
            late = take_out_late(begun);
            next = queue_.pop();
            if (next) {
                waits_.add(begun - static_cast<job*>(next)->posted_);
                ++counted_.running;
            }
        }
        refuse_all(late);
        if (!next)
            continue;
        static_cast<job*>(next)->run();
        has_worked = true;
        const auto took = steady::now() - begun;
        {
            mutex_lock lock(mutex_);
            note_run(took);
            --counted_.running;
            ++counted_.done;
        }
        static_cast<job*>(next)->finish();  // last: the job may be gone then
    }
}

}  // namespace latchkey
