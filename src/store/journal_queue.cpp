#include "journal_queue.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace latchkey {
namespace {

// Moves the last `most` of `from` to the end of `to`: a shift of all others would cost more than order is worth here.
template <class T>
void take_from_end(std::vector<T>& from, std::size_t most, std::vector<T>& to) {
    const auto first = from.end() - static_cast<std::ptrdiff_t>(std::min(most, from.size()));
    to.insert(to.end(), first, from.end());
    from.erase(first, from.end());
    if (from.empty())
        from.shrink_to_fit();
}

template <class T>
void append(std::vector<T>& to, std::vector<T> more) {
    if (to.empty())
        to = std::move(more);
    else
        to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

change_list::change_list(change_list&& other) noexcept
    : head_(std::exchange(other.head_, nullptr)),
      tail_(std::exchange(other.tail_, nullptr)),
      size_(std::exchange(other.size_, 0)) {
}

change_list& change_list::operator=(change_list&& other) noexcept {
    head_ = std::exchange(other.head_, nullptr);
    tail_ = std::exchange(other.tail_, nullptr);
    size_ = std::exchange(other.size_, 0);
    return *this;
}

void change_list::push(waiting_change& last) noexcept {
    last.next_ = nullptr;
    (tail_ ? tail_->next_ : head_) = &last;
    tail_ = &last;
    ++size_;
}

change_list change_list::split(std::size_t most) noexcept {
    change_list front;
    while (head_ && front.size_ < most) {
        waiting_change& first = *head_;
        head_ = first.next_;
        --size_;
        front.push(first);
    }
    if (!head_)
        tail_ = nullptr;
    return front;
}

bool journal_queue::push(waiting_change& change) noexcept {
    {
        mutex_lock lock(mutex_);
        if (stopped_)
            return false;
        changes_.push(change);
    }
    wake_.notify_one();
    return true;
}

void journal_queue::forget(std::vector<public_id> dead) noexcept {
    {
        mutex_lock lock(mutex_);
        try {
            append(dead_, std::move(dead));
        } catch (const std::bad_alloc&) {
            lost_dead_ = true;
        }
    }
    wake_.notify_one();
}

void journal_queue::note(std::vector<last_seen> seen) noexcept {
    {
        mutex_lock lock(mutex_);
        seen.resize(std::min(seen.size(), most_notes - std::min(most_notes, seen_.size())));
        try {
            append(seen_, std::move(seen));
        } catch (const std::bad_alloc&) {
            // These sessions may end a little sooner, after a restart.
        }
    }
    wake_.notify_one();
}

void journal_queue::nudge() noexcept {
    {
        mutex_lock lock(mutex_);
        nudged_ = true;
    }
    wake_.notify_one();
}

void journal_queue::stop() noexcept {
    {
        mutex_lock lock(mutex_);
        stopped_ = true;
    }
    wake_.notify_one();
}

bool journal_queue::wait(std::chrono::milliseconds patience, bool chores) {
    const auto until = std::chrono::steady_clock::now() + patience;
    mutex_lock lock(mutex_);
    for (;;) {
        const bool chores_wait = chores && (!dead_.empty() || !seen_.empty());
        if (!changes_.empty() || chores_wait || stopped_ || std::exchange(nudged_, false))
            return false;
        if (wake_.wait_until(mutex_, until) == std::cv_status::timeout)
            return true;
    }
}

bool journal_queue::stopped() const noexcept {
    mutex_lock lock(mutex_);
    return stopped_;
}

bool journal_queue::has_changes() const noexcept {
    mutex_lock lock(mutex_);
    return !changes_.empty();
}

bool journal_queue::has_chores() const noexcept {
    mutex_lock lock(mutex_);
    return !dead_.empty() || !seen_.empty();
}

change_list journal_queue::take(std::size_t most) noexcept {
    mutex_lock lock(mutex_);
    return changes_.split(most);
}

change_list journal_queue::take_all() noexcept {
    return take(std::numeric_limits<std::size_t>::max());
}

journal_chores journal_queue::take_chores(std::size_t most) {
    journal_chores chores;
    mutex_lock lock(mutex_);
    const std::size_t dead = std::min(most, dead_.size());
    chores.dead.reserve(dead);
    chores.seen.reserve(std::min(most - dead, seen_.size()));
    take_from_end(dead_, dead, chores.dead);
    take_from_end(seen_, most - dead, chores.seen);
    return chores;
}

bool journal_queue::all_forgotten() const noexcept {
    mutex_lock lock(mutex_);
    return dead_.empty() && !lost_dead_;
}

}  // namespace latchkey
