#include "redis_waiting.hpp"

#include <new>

namespace latchkey {

void redis_waiting::add(redis_request& request) noexcept {
    try {
        row_.push_back(&request);
    } catch (const std::bad_alloc&) {
        return request.finish();
    }
    watch();
}

redis_request& redis_waiting::take() noexcept {
    redis_request& first = *row_.front();
    row_.pop_front();
    return first;
}

void redis_waiting::refuse_all() noexcept {
    while (!row_.empty())
        take().finish();
}

void redis_waiting::stop() noexcept {
    late_.cancel();
    refuse_all();
}

// One timer: the first in the row is due first.
void redis_waiting::watch() noexcept {
    if (watched_ || row_.empty())
        return;
    try {
        late_.expires_at(row_.front()->deadline);
        late_.async_wait([this](boost::system::error_code) {
            watched_ = false;
            while (!row_.empty() && row_.front()->deadline <= std::chrono::steady_clock::now())
                take().finish();
            watch();
        });
        watched_ = true;
    } catch (const std::bad_alloc&) {
        refuse_all();
    }
}

}  // namespace latchkey
