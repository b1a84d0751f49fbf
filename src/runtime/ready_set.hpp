// Descriptors of one thread that call back when there is something to read: an epoll set of our own inside Asio's.
//
// Asio asks the kernel twice for every wait: by a read that finds nothing, or by arming the wait anew. Here a
// descriptor is entered once, edge-triggered (epoll(7)), and nothing stands between the event and its watcher: no
// operation, no queue, no lock. Asio sees the set as one descriptor, and its other work goes on beside it.
// For one thread, but for enter() before that runs. The watchers own themselves and must outlive their membership.
#pragma once

#include "return_ticket.hpp"

#include <boost/asio/io_context.hpp>

#include <array>
#include <functional>
#include <memory>

#include <sys/epoll.h>

namespace latchkey {

class ready_set {
public:
    class watcher {
    public:
        // `hung_up`: the other side will say no more, whatever is still there to be read. May end *this, enter others
        // and take others out.
        virtual void on_ready(bool hung_up) noexcept = 0;

    protected:
        ~watcher() = default;
    };

    // Throws std::system_error.
    ready_set();
    ~ready_set();
    ready_set(const ready_set&) = delete;
    ready_set& operator=(const ready_set&) = delete;

    // Calls `who` whenever there is more to read at `descriptor` from now on, and for what is there already. False when
    // the kernel has no room.
    bool enter(int descriptor, watcher& who) noexcept;
    // For a watcher that has not taken all there is, and wants to be called again after others.
    void remind(int descriptor, watcher& who) noexcept { look_for(descriptor, who, false); }
    // Calls it also when it can be written, until remind().
    void remind_to_write(int descriptor, watcher& who) noexcept { look_for(descriptor, who, true); }
    // No more calls. To be called before the watcher goes; its descriptor leaves when it is closed.
    void forget(const watcher& who) noexcept;

    // Calls the watchers from the thread of `context` until that ends, which must be before *this goes; and `at_end`,
    // if there is one, when all that came together have been called. It must not throw. Throws
    // boost::system::system_error; afterwards it needs no memory.
    void start(boost::asio::io_context& context, std::function<void()> at_end = {});

private:
    static constexpr int most_at_a_time = 64;
    // Then others in this thread have their turn.
    static constexpr int most_rounds = 16;
    class seen_by_asio;

    void look_for(int descriptor, watcher& who, bool writable) noexcept;
    bool call_watchers() noexcept;
    void wait(std::unique_ptr<seen_by_asio> set);
    void take_turn(std::unique_ptr<seen_by_asio> set);

    const int set_;
    std::array<epoll_event, most_at_a_time> batch_;
    std::function<void()> at_end_;
    return_ticket ticket_;
    int next_ = 0;  // of the batch that is being called
    int end_ = 0;
};

}  // namespace latchkey
