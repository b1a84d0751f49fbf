// From one thread to another, in batches, with a bound on what is under way.
#pragma once

#include "mutex.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace latchkey {

template <class T>
class batch_pipe {
public:
    static constexpr std::size_t batch_size = 512;

    // The writer's side. False: the reader has gone, and nothing more is wanted.
    bool push(T value) {
        filling_.push_back(std::move(value));
        return filling_.size() < batch_size || flush();
    }
    // The last call of the writer; `error` is rethrown to the reader behind what was pushed.
    void close(std::exception_ptr error = nullptr) noexcept {
        try {
            flush();
        } catch (...) {
            error = std::current_exception();
        }
        mutex_lock lock(mutex_);
        error_ = error;
        closed_ = true;
        changed_.notify_all();
    }

    // The reader's side. Nothing at the end.
    std::optional<std::vector<T>> pop() {
        mutex_lock lock(mutex_);
        while (batches_.empty() && !closed_)
            changed_.wait(mutex_);
        if (batches_.empty()) {
            if (error_)
                std::rethrow_exception(error_);
            return std::nullopt;
        }
        std::optional<std::vector<T>> first(std::move(batches_.front()));
        batches_.pop_front();
        changed_.notify_all();
        return first;
    }
    void leave() noexcept {
        mutex_lock lock(mutex_);
        left_ = true;
        changed_.notify_all();
    }

private:
    static constexpr std::size_t most_batches = 8;

    bool flush() {
        std::vector<T> batch;
        batch.reserve(batch_size);
        batch.swap(filling_);
        mutex_lock lock(mutex_);
        while (batches_.size() >= most_batches && !left_)
            changed_.wait(mutex_);
        batches_.push_back(std::move(batch));
        changed_.notify_all();
        return !left_;
    }

    std::vector<T> filling_;  // the writer's
    mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<std::vector<T>> batches_ LATCHKEY_GUARDED_BY(mutex_);
    std::exception_ptr error_ LATCHKEY_GUARDED_BY(mutex_);
    bool closed_ LATCHKEY_GUARDED_BY(mutex_) = false;
    bool left_ LATCHKEY_GUARDED_BY(mutex_) = false;
};

}  // namespace latchkey
