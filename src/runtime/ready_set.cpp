#include "ready_set.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace latchkey {
namespace {

namespace asio = boost::asio;
using descriptor = asio::posix::basic_stream_descriptor<executor>;

// A Unix socket can be written anew whenever its other side has read: not asked for while nobody waits for that.
epoll_event event_for(ready_set::watcher& who, bool writable) noexcept {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLRDHUP | EPOLLET | (writable ? EPOLLOUT : 0U);
    event.data.ptr = &who;
    return event;
}

}  // namespace

ready_set::ready_set() : set_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (set_ < 0)
        throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

ready_set::~ready_set() {
    ::close(set_);
}

bool ready_set::enter(int fd, watcher& who) noexcept {
    epoll_event event = event_for(who, false);
    return ::epoll_ctl(set_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void ready_set::look_for(int fd, watcher& who, bool writable) noexcept {
    epoll_event event = event_for(who, writable);
    ::epoll_ctl(set_, EPOLL_CTL_MOD, fd, &event);
}

void ready_set::forget(const watcher& who) noexcept {
    for (int i = next_; i < end_; ++i)
        if (batch_[static_cast<std::size_t>(i)].data.ptr == &who)
            batch_[static_cast<std::size_t>(i)].data.ptr = nullptr;
}

// False when nothing was ready.
bool ready_set::call_watchers() noexcept {
    end_ = ::epoll_wait(set_, batch_.data(), most_at_a_time, 0);
    for (next_ = 0; next_ < end_;) {
        const epoll_event event = batch_[static_cast<std::size_t>(next_++)];
        if (auto* const who = static_cast<watcher*>(event.data.ptr))
            who->on_ready((event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
    }
    if (end_ > 0 && at_end_)
        at_end_();
    return end_ > 0;
}

// Owned by whatever is waited for: it ends with the io_context.
class ready_set::seen_by_asio : public descriptor {
public:
    using descriptor::descriptor;
};

void ready_set::start(asio::io_context& context, std::function<void()> at_end) {
    at_end_ = std::move(at_end);
    // Asio closes what it was given.
    take_turn(std::make_unique<seen_by_asio>(context, ::fcntl(set_, F_DUPFD_CLOEXEC, 0)));
}

void ready_set::wait(std::unique_ptr<seen_by_asio> set) {
    seen_by_asio& waiting = *set;
    waiting.async_wait(descriptor::wait_read,
                       asio::bind_allocator(ticket_.memory(), [this, set = std::move(set)](auto error) mutable {
                           if (!error)
                               take_turn(std::move(set));
                       }));
}

void ready_set::take_turn(std::unique_ptr<seen_by_asio> set) {
    for (int round = 0; round < most_rounds; ++round)
        if (!call_watchers())
            return wait(std::move(set));
    const executor here = set->get_executor();
    ticket_.bring(here, [this, set = std::move(set)]() mutable { take_turn(std::move(set)); });
}

}  // namespace latchkey
