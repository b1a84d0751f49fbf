#include "read_flights.hpp"

#include <new>
#include <utility>

namespace latchkey {

read_flights::seat read_flights::board(const session_key& key, passenger& aboard) {
    mutex_lock lock(mutex_);
    const auto flight = flights_.find(key);
    if (flight == flights_.end()) {
        if (flights_.size() >= most)
            return seat::none;
        flights_.emplace(key, nullptr);
        return seat::pilot;
    }
    aboard.next = flight->second;
    flight->second = &aboard;
    return seat::passenger;
}

void read_flights::land(const session_key& key, const result<session_read>& outcome) noexcept {
    passenger* first = nullptr;
    {
        mutex_lock lock(mutex_);
        const auto flight = flights_.find(key);
        first = flight->second;
        flights_.erase(flight);
    }
    while (first) {
        passenger& one = *first;
        first = one.next;  // it may be gone once it is woken
        try {
            one.outcome = outcome;
        } catch (const std::bad_alloc&) {
            // It hears that nothing is known.
        }
        one.bed.wake();
    }
}

}  // namespace latchkey
