// What waits for the journal's thread: changes in the order they came, each with somebody who waits for it, and chores
// for when there are none.
//
// Thread-safe. A change lives in the frame of the coroutine that awaits it, so queueing one allocates nothing.
#pragma once

#include "mutex.hpp"
#include "session_journal.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <vector>

namespace latchkey {

// Alive until finish() was called, exactly once.
class waiting_change {
public:
    explicit waiting_change(const journal_change& c) noexcept : change(c) {}
    waiting_change(const waiting_change&) = delete;
    waiting_change& operator=(const waiting_change&) = delete;

    const journal_change& change;
    std::size_t rows = 0;  // touched, as far as that is known before the commit

    // Sends the outcome to whoever waits. *this may be gone when it returns.
    virtual void finish(result<std::size_t> outcome) noexcept = 0;

protected:
    ~waiting_change() = default;

private:
    friend class change_list;
    waiting_change* next_ = nullptr;
};

// A row of changes that others own.
class change_list {
public:
    change_list() noexcept = default;
    change_list(change_list&& other) noexcept;
    change_list& operator=(change_list&& other) noexcept;  // to an empty one only

    bool empty() const noexcept { return !head_; }
    std::size_t size() const noexcept { return size_; }
    void push(waiting_change& last) noexcept;
    // The first `most` of them, or all there are.
    change_list split(std::size_t most) noexcept;

    template <class Visit>
    void for_each(Visit visit) const {
        for (waiting_change* at = head_; at; at = at->next_)
            visit(*at);
    }
    // Finishes and lets go of all; `outcome_of` gives the outcome of each.
    template <class OutcomeOf>
    void finish(OutcomeOf outcome_of) noexcept {
        while (head_) {
            waiting_change& first = *head_;
            head_ = first.next_;
            first.finish(outcome_of(first));
        }
        tail_ = nullptr;
        size_ = 0;
    }

private:
    waiting_change* head_ = nullptr;
    waiting_change* tail_ = nullptr;
    std::size_t size_ = 0;
};

struct journal_chores {
    std::vector<public_id> dead;
    std::vector<last_seen> seen;

    bool empty() const noexcept { return dead.empty() && seen.empty(); }
};

class journal_queue {
public:
    static constexpr std::size_t most_notes = 4'000'000;  // what exceeds it is lost: 100 MB are enough

    // False, and `change` untouched, once stopped.
    bool push(waiting_change& change) noexcept;
    void forget(std::vector<public_id> dead) noexcept;
    void note(std::vector<last_seen> seen) noexcept;
    // Something else than what is queued is to be looked at.
    void nudge() noexcept;
    void stop() noexcept;

    // Returns when a change waits, a nudge came, stop() was called or `patience` is over; with `chores`, also when
    // there is one. True: it was for `patience`.
    bool wait(std::chrono::milliseconds patience, bool chores);
    bool stopped() const noexcept;
    bool has_changes() const noexcept;
    bool has_chores() const noexcept;
    change_list take(std::size_t most) noexcept;
    change_list take_all() noexcept;
    // Up to `most` chores: first the dead. May be empty. Throws std::bad_alloc, with nothing lost.
    journal_chores take_chores(std::size_t most);
    // Whether every id that was to be forgotten was taken.
    bool all_forgotten() const noexcept;

private:
    mutable mutex mutex_;
    std::condition_variable_any wake_;
    change_list changes_ LATCHKEY_GUARDED_BY(mutex_);
    std::vector<public_id> dead_ LATCHKEY_GUARDED_BY(mutex_);
    std::vector<last_seen> seen_ LATCHKEY_GUARDED_BY(mutex_);
    bool lost_dead_ LATCHKEY_GUARDED_BY(mutex_) = false;  // for want of memory
    bool nudged_ LATCHKEY_GUARDED_BY(mutex_) = false;
    bool stopped_ LATCHKEY_GUARDED_BY(mutex_) = false;
};

}  // namespace latchkey
