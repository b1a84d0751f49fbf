// Keys that Redis has just called closed, so that whoever goes on trying is refused without asking it each time.
//
// A word is believed for a second, by the steady clock: after that what another server did, or an administrator, shows.
// A table of fixed size in which the later displaces the earlier, which costs a question. Thread-safe.
#pragma once

#include "mutex.hpp"

#include <latchkey/throttle.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <vector>

namespace latchkey {

class closed_keys {
public:
    static constexpr std::chrono::milliseconds belief{900};  // and the way there and back

    struct word {
        seconds wait{0};  // zero: none is known
        throttle_kind by{};
    };

    // `asked`: before Redis was.
    void note(const throttle_key& key, throttle_kind by, time_point open_at,
              std::chrono::steady_clock::time_point asked) noexcept {
        mutex_lock lock(mutex_);
        slots_[place_of(key)] = {key, by, open_at, asked + belief};
    }
    word find(const throttle_key& key, time_point now) const noexcept {
        mutex_lock lock(mutex_);
        const slot& one = slots_[place_of(key)];
        if (one.key != key || one.by == throttle_kind{} || std::chrono::steady_clock::now() >= one.believed_until)
            return {};
        return {std::max(seconds{0}, one.open_at - now), one.by};
    }
    void drop(const throttle_key& key) noexcept {
        mutex_lock lock(mutex_);
        slot& one = slots_[place_of(key)];
        if (one.key == key)
            one = {};
    }
    void drop_all() noexcept {
        mutex_lock lock(mutex_);
        std::fill(slots_.begin(), slots_.end(), slot{});
    }
    static constexpr std::size_t bytes() noexcept { return places * sizeof(slot); }

private:
    static constexpr std::size_t places = 4096;

    struct slot {
        throttle_key key;
        throttle_kind by{};
        time_point open_at;
        std::chrono::steady_clock::time_point believed_until;
    };

    static std::size_t place_of(const throttle_key& key) noexcept {
        std::uint32_t word = 0;
        std::memcpy(&word, key.bytes.data(), sizeof word);
        return word % places;
    }

    mutable mutex mutex_;
    std::vector<slot> slots_ LATCHKEY_GUARDED_BY(mutex_) = std::vector<slot>(places);
};

}  // namespace latchkey
