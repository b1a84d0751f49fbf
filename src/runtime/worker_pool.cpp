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

}  // namespace

worker_pool::worker_pool(worker_pool_options options) : options_(std::move(options)) {
    threads_.reserve(std::max(1U, options_.threads));
    for (unsigned i = 0; i < std::max(1U, options_.threads); ++i) {
        threads_.emplace_back([this] { work(); });
        pthread_setname_np(threads_.back().native_handle(), options_.name.substr(0, 15).c_str());
    }
}

worker_pool::~worker_pool() {
    stop();
}

bool worker_pool::try_post(job& work) noexcept {
    {
        mutex_lock lock(mutex_);
        // A job that an idle worker is about to take does not count as waiting.
        if (stopping_ || waiting_ >= options_.queue + idle_)
            return false;
        work.next_ = nullptr;
        (tail_ ? tail_->next_ : head_) = &work;
        tail_ = &work;
        ++waiting_;
    }
    wake_.notify_one();
    return true;
}

bool worker_pool::full() const noexcept {
    mutex_lock lock(mutex_);
    return stopping_ || waiting_ >= options_.queue + idle_;
}

void worker_pool::stop() noexcept {
    job* left = nullptr;
    {
        mutex_lock lock(mutex_);
        stopping_ = true;
        left = std::exchange(head_, nullptr);
        tail_ = nullptr;
        waiting_ = 0;
    }
    wake_.notify_all();
    while (left)
        std::exchange(left, left->next_)->refuse();
    for (auto& thread : threads_)
        thread.join();
    threads_.clear();
}

void worker_pool::work() noexcept {
    lower_this_thread(options_.priority);
    for (;;) {
        job* next = nullptr;
        {
            mutex_lock lock(mutex_);
            ++idle_;
            while (!head_ && !stopping_)
                wake_.wait(mutex_);
            --idle_;
            if (!head_)
                return;
            next = std::exchange(head_, head_->next_);
            if (!head_)
                tail_ = nullptr;
            --waiting_;
        }
        next->run();
    }
}

}  // namespace latchkey
