#include "rotated_keys.hpp"

#include <new>

namespace latchkey {

void rotated_keys::remember(const session_key& key, const origin& of, stamp rotated_at) noexcept {
    mutex_lock lock(mutex_);
    make_room(rotated_at);
    if (const auto known = entries_.find(key)) {  // an attempt to rotate it came before and was not finished
        entries_[*known].of = of;
        entries_[*known].rotated_at = rotated_at;
        return;
    }
    try {
        order_.push_back(key);
        try {
            entries_.emplace(entry{key, of, rotated_at});
        } catch (const std::bad_alloc&) {
            order_.pop_back();
        }
    } catch (const std::bad_alloc&) {
    }
}

std::optional<rotated_keys::known_key> rotated_keys::find(const session_key& key, stamp now) const noexcept {
    mutex_lock lock(mutex_);
    const auto at = entries_.find(key);
    if (!at || expired(entries_[*at].rotated_at, now))
        return std::nullopt;
    return known_key{entries_[*at].of, entries_[*at].rotated_at};
}

void rotated_keys::forget_expired(stamp now) noexcept {
    mutex_lock lock(mutex_);
    make_room(now);
}

void rotated_keys::make_room(stamp now) noexcept {
    while (!order_.empty()) {
        const auto oldest = *entries_.find(order_.front());
        if (order_.size() < most && !expired(entries_[oldest].rotated_at, now))
            return;
        entries_.erase(oldest);
        order_.pop_front();
    }
}

}  // namespace latchkey
