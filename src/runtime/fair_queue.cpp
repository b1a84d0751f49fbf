#include "fair_queue.hpp"

#include <bit>

namespace latchkey {

fair_queue::fair_queue(std::size_t capacity)
    : flows_(capacity), buckets_(std::bit_ceil(2 * capacity + 2)), by_count_(capacity + 1), reaching_(capacity + 2) {
    for (flow& one : flows_) {
        one.chain = unused_;
        unused_ = &one;
    }
}

// Multiplied by 2^64 / phi, the upper bits depend on all of the id's.
std::size_t fair_queue::bucket_of(flow_id of) const noexcept {
    const int shift = 64 - std::countr_zero(buckets_.size());
    return static_cast<std::size_t>((of * 0x9e3779b97f4a7c15ULL) >> shift);
}

fair_queue::flow* fair_queue::find(flow_id of) const noexcept {
    flow* at = buckets_[bucket_of(of)];
    while (at && at->id != of)
        at = at->chain;
    return at;
}

// The newcomer's turn comes after everybody else's.
fair_queue::flow& fair_queue::open(flow_id of) noexcept {
    flow& fresh = *unused_;
    unused_ = fresh.chain;
    fresh = {};
    fresh.id = of;
    flow*& bucket = buckets_[bucket_of(of)];
    fresh.chain = bucket;
    bucket = &fresh;
    if (!turn_) {
        turn_ = fresh.next = fresh.previous = &fresh;
    } else {
        fresh.next = turn_;
        fresh.previous = turn_->previous;
        fresh.previous->next = fresh.next->previous = &fresh;
    }
    return fresh;
}

void fair_queue::close(flow& done) noexcept {
    if (turn_ == &done)
        turn_ = done.next == &done ? nullptr : done.next;
    done.previous->next = done.next;
    done.next->previous = done.previous;
    flow** at = &buckets_[bucket_of(done.id)];
    while (*at != &done)
        at = &(*at)->chain;
    *at = done.chain;
    done.chain = unused_;
    unused_ = &done;
}

// One more or one less than before.
void fair_queue::set_count(flow& f, std::size_t count) noexcept {
    if (f.count > 0) {
        if (f.peer_next)
            f.peer_next->peer_previous = f.peer_previous;
        (f.peer_previous ? f.peer_previous->peer_next : by_count_[f.count]) = f.peer_next;
    }
    if (count > f.count) {
        ++reaching_[count];
        heaviest_ = count > heaviest_ ? count : heaviest_;
    } else {
        --reaching_[f.count];
        if (reaching_[heaviest_] == 0)
            --heaviest_;
    }
    f.count = count;
    if (count == 0)
        return;
    f.peer_previous = nullptr;
    f.peer_next = by_count_[count];
    if (f.peer_next)
        f.peer_next->peer_previous = &f;
    by_count_[count] = &f;
}

void fair_queue::unlink(item& work) noexcept {
    flow& f = *work.flow_;
    (work.previous_ ? work.previous_->next_ : f.first) = work.next_;
    (work.next_ ? work.next_->previous_ : f.last) = work.previous_;
    work.next_ = work.previous_ = nullptr;
    work.flow_ = nullptr;
    --size_;
    set_count(f, f.count - 1);
    if (f.count == 0)
        close(f);
}

// How many jobs are done before the next one of `f` (null: somebody without any), which is at most the whole rounds up
// to its own. Beyond `enough` it isn't counted.
std::size_t fair_queue::before_next_of(const flow* f, std::size_t enough) const noexcept {
    const std::size_t rounds = f ? f->count + 1 : 1;
    std::size_t jobs = 0;
    for (std::size_t round = 1; round <= rounds && jobs <= enough; ++round)
        jobs += reaching_[round];
    return jobs;
}

std::optional<fair_queue::refusal> fair_queue::refuses(flow_id of, const terms& t) const noexcept {
    const flow* f = find(of);
    // Two more, not one: else two flows would take the last place from each other for ever.
    if (size_ >= t.room && heaviest_ < (f ? f->count : 0) + 2)
        return refusal::full;
    if (before_next_of(f, t.most_before) > t.most_before)
        return refusal::too_late;
    return std::nullopt;
}

fair_queue::outcome fair_queue::push(item& work, flow_id of, const terms& t) noexcept {
    outcome out;
    out.refused = refuses(of, t);
    if (out.refused)
        return out;
    if (size_ >= t.room) {
        out.displaced = by_count_[heaviest_]->last;
        unlink(*out.displaced);
    }
    flow* found = find(of);
    flow& f = found ? *found : open(of);
    work.flow_ = &f;
    work.next_ = nullptr;
    work.previous_ = f.last;
    (f.last ? f.last->next_ : f.first) = &work;
    f.last = &work;
    ++size_;
    set_count(f, f.count + 1);
    return out;
}

fair_queue::item* fair_queue::pop() noexcept {
    if (!turn_)
        return nullptr;
    item& next = *turn_->first;
    turn_ = turn_->next;
    unlink(next);
    return &next;
}

}  // namespace latchkey
