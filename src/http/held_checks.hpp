// Checks that came together: read one after the other, then answered one after the other, so that they wait together
// for what they look at in memory (see session_store::fetch()).
//
// Within one batch of a core's events: nothing is held when others of the core's thread have their turn. Not
// thread-safe: the core's own.
#pragma once

#include "core_counters.hpp"
#include "exchange.hpp"
#include "request_head.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace latchkey::http {

class connection;
struct route;

class held_checks {
public:
    static constexpr std::size_t most = 8;

    // Where a request that may be held is read, and all that its answer needs.
    struct place {
        connection* asks = nullptr;
        const route* found = nullptr;
        core_counters::moment begun;
        std::optional<exchange> x;
        request_head head;
        std::array<char, 4096> input;  // a longer one moves to a buffer of its connection's
    };

    // A place for one more, which hold() takes. All that are held are answered first, if there is none.
    place& next() noexcept {
        if (size_ == most)
            answer();
        return places_[size_];
    }
    // What was read in next(), and will look for x.cookie_key, waits until answer().
    void hold() noexcept {
        keys_[size_] = *places_[size_].x->cookie_key;
        ++size_;
    }
    // Has the connections answer all that are held.
    void answer() noexcept;

private:
    std::array<place, most> places_;
    std::array<session_key, most> keys_;
    std::size_t size_ = 0;
};

}  // namespace latchkey::http
