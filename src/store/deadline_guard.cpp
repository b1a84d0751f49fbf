#include "deadline_guard.hpp"

#include <algorithm>

#include <pthread.h>
#include <sys/socket.h>

namespace latchkey {

deadline_guard::deadline_guard() : thread_([this] { work(); }) {
    pthread_setname_np(thread_.native_handle(), "latchkey-guard");
}

deadline_guard::~deadline_guard() {
    {
        mutex_lock lock(mutex_);
        over_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

deadline_guard::watch deadline_guard::begin(int socket, steady::duration time) {
    mutex_lock lock(mutex_);
    const watch which = next_++;
    watched_.emplace(which, std::pair(steady::now() + time, socket));
    if (watched_.size() == 1)
        changed_.notify_all();
    return which;
}

void deadline_guard::end(watch which) noexcept {
    mutex_lock lock(mutex_);
    watched_.erase(which);
}

void deadline_guard::work() noexcept {
    mutex_lock lock(mutex_);
    while (!over_) {
        auto next = steady::time_point::max();
        const auto now = steady::now();
        for (auto& [which, watched] : watched_) {
            auto& [until, socket] = watched;
            if (socket >= 0 && until <= now) {
                ::shutdown(socket, SHUT_RDWR);
                socket = -1;
            }
            if (socket >= 0)
                next = std::min(next, until);
        }
        if (next == steady::time_point::max())
            changed_.wait(mutex_);
        else
            changed_.wait_until(mutex_, next);
    }
}

}  // namespace latchkey
