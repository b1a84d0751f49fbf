#include "usual_times.hpp"

#include <sodium.h>

#include <algorithm>

namespace latchkey {

void usual_times::note(duration took) noexcept {
    mutex_lock lock(mutex_);
    times_[count_++ % times_.size()] = took;
}

usual_times::duration usual_times::pick() const noexcept {
    mutex_lock lock(mutex_);
    if (count_ == 0)
        return duration{0};
    const auto known = static_cast<std::uint32_t>(std::min(count_, times_.size()));
    return std::max(duration{0}, times_[randombytes_uniform(known)] - lateness_);
}

void usual_times::note_lateness(duration late) noexcept {
    constexpr duration most = std::chrono::milliseconds(1);  // more is somebody else's business: a machine that is busy
    mutex_lock lock(mutex_);
    lateness_ += (std::clamp(late, duration{0}, most) - lateness_) / 8;
}

}  // namespace latchkey
