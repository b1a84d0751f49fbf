#include "fair_queue.hpp"

#include <algorithm>
#include <bit>

namespace latchkey {

fair_queue::fair_queue(std::size_t capacity)
    : flows_(capacity + idle_flows),
      buckets_(std::bit_ceil(2 * (capacity + idle_flows))),
      by_count_(capacity + 1),
      reaching_(capacity + 2) {
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

// At the end of the ring, whose beginning is whose turn it is.
void fair_queue::append(flow*& ring, flow& f) noexcept {
    if (!ring) {
        ring = f.next = f.previous = &f;
        return;
    }
    f.next = ring;
    f.previous = ring->previous;
    f.previous->next = f.next->previous = &f;
}

void fair_queue::remove(flow*& ring, flow& f) noexcept {
    if (ring == &f)
        ring = f.next == &f ? nullptr : f.next;
    f.previous->next = f.next;
    f.next->previous = f.previous;
}

bool fair_queue::is_newcomer(const flow* f) const noexcept {
    return !f || (f->count == 0 && turns_ - f->idle_since >= turns_remembered);
}

// In nobody's place, or in that of whoever has been idle longest and is forgotten.
fair_queue::flow& fair_queue::add(flow_id of) noexcept {
    flow* fresh = unused_;
    if (fresh) {
        unused_ = fresh->chain;
    } else {
        fresh = idle_;
        remove(idle_, *fresh);
        flow** at = &buckets_[bucket_of(fresh->id)];
        while (*at != fresh)
            at = &(*at)->chain;
        *at = fresh->chain;
    }
    *fresh = {};
    fresh->id = of;
    flow*& bucket = buckets_[bucket_of(of)];
    fresh->chain = bucket;
    bucket = fresh;
    return *fresh;
}

// The flow of somebody who has something waiting in a moment, at the end of its ring unless it has its turn already.
fair_queue::flow& fair_queue::enter(flow_id of) noexcept {
    flow* const found = find(of);
    if (found && found->count > 0)
        return *found;
    const bool fresh = is_newcomer(found);
    if (found)
        remove(idle_, *found);
    flow& entering = found ? *found : add(of);
    entering.fresh = fresh;
    append(fresh ? fresh_ : turn_, entering);
    fresh_count_ += fresh ? 1 : 0;
    return entering;
}

void fair_queue::become_idle(flow& f) noexcept {
    remove(f.fresh ? fresh_ : turn_, f);
    fresh_count_ -= f.fresh ? 1 : 0;
    f.idle_since = turns_;
    append(idle_, f);
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

void fair_queue::take_out(item& work) noexcept {
    flow& f = *work.flow_;
    (work.previous_ ? work.previous_->next_ : f.first) = work.next_;
    (work.next_ ? work.next_->previous_ : f.last) = work.previous_;
    (work.older_ ? work.older_->newer_ : oldest_) = work.newer_;
    (work.newer_ ? work.newer_->older_ : newest_) = work.older_;
    work.next_ = work.previous_ = work.older_ = work.newer_ = nullptr;
    work.flow_ = nullptr;
    --size_;
    set_count(f, f.count - 1);
    if (f.count == 0)
        become_idle(f);
}

// How many jobs are done before the next one of `f`, at most, if nobody else comes. For a newcomer: those of the
// newcomers before it, and one of the others after every fourth of them. For others: the whole rounds up to its own.
// Beyond `enough` it isn't counted.
std::size_t fair_queue::before_next_of(const flow* f, std::size_t enough) const noexcept {
    if (is_newcomer(f))
        return fresh_count_ + std::min((fresh_in_a_row_ + fresh_count_) / most_fresh_in_a_row, size_ - fresh_count_);
    std::size_t jobs = 0;
    for (std::size_t round = 1; round <= f->count + 1 && jobs <= enough; ++round)
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
        take_out(*out.displaced);
    }
    flow& f = enter(of);
    work.flow_ = &f;
    work.next_ = nullptr;
    work.previous_ = f.last;
    (f.last ? f.last->next_ : f.first) = &work;
    f.last = &work;
    work.older_ = newest_;
    work.newer_ = nullptr;
    (newest_ ? newest_->newer_ : oldest_) = &work;
    newest_ = &work;
    ++size_;
    set_count(f, f.count + 1);
    return out;
}

fair_queue::item* fair_queue::pop() noexcept {
    const bool fresh = fresh_ && (fresh_in_a_row_ < most_fresh_in_a_row || !turn_);
    flow* const served = fresh ? fresh_ : turn_;
    if (!served)
        return nullptr;
    if (fresh) {
        fresh_in_a_row_ = std::min(fresh_in_a_row_ + 1, most_fresh_in_a_row);
        remove(fresh_, *served);
        --fresh_count_;
        served->fresh = false;
        append(turn_, *served);
    } else {
        fresh_in_a_row_ = 0;
        turn_ = turn_->next;
    }
    ++turns_;
    item& next = *served->first;
    take_out(next);
    return &next;
}

}  // namespace latchkey
