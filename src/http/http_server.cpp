#include "http_server.hpp"

#include "core_context.hpp"
#include "io_threads.hpp"
#include "listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <vector>

namespace latchkey::http {
namespace {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;
using timer = asio::basic_waitable_timer<steady, asio::wait_traits<steady>, executor>;

// Long enough for a load balancer to see the failing probe; skipped when nobody is connected.
constexpr std::chrono::milliseconds notice_period{1'000};
// Some round trips: for handshakes that had begun when newcomers were turned away.
constexpr std::chrono::milliseconds handshake_period{100};
constexpr std::chrono::milliseconds poll_interval{20};

task<void> keep_ticking(core_context& core) {
    timer wait(core.io);
    for (;;) {
        wait.expires_after(std::chrono::milliseconds(tick_ms));
        boost::system::error_code error;
        co_await wait.async_wait(asio::redirect_error(use_task, error));
        if (error)
            co_return;
        core.tick();
    }
}

}  // namespace

struct http_server::impl {
    impl(const config& options, const domain& d) : svc(options, d), drain_timeout(options.server.drain_timeout) {}

    // Runs `act(core)` on each core's own thread; does not wait for it.
    void on_every_core(const std::function<void(std::size_t)>& act) {
        for (std::size_t i = 0; i < cores.size(); ++i)
            asio::post(cores[i]->io, [act, i] { act(i); });
    }
    template <class Act>
    void for_listeners_of(std::size_t core, Act act) {
        for (std::size_t at = core; at < listeners.size(); at += cores.size())
            act(*listeners[at]);
    }

    services svc;
    milliseconds drain_timeout;
    // Order matters: the io threads go first, and with them the coroutines, which refer to the cores.
    std::vector<std::unique_ptr<core_context>> cores;
    std::unique_ptr<io_threads> io;
    std::vector<std::unique_ptr<listener>> listeners;
};

http_server::http_server(const config& options, const domain& d) : impl_(std::make_unique<impl>(options, d)) {
    auto& self = *impl_;
    self.io = std::make_unique<io_threads>(options.server.io_threads);
    std::random_device seed;
    for (std::size_t i = 0; i < self.io->size(); ++i) {
        const std::uint64_t high = seed();
        self.cores.push_back(std::make_unique<core_context>(
            (*self.io)[i], std::max<std::size_t>(options.limits.header_bytes, 4096), high << 32 | seed()));
    }
    for (const auto& address : options.server.listen) {
        const auto sockets = open_listening_sockets(address, self.cores.size());
        for (std::size_t i = 0; i < sockets.size(); ++i)
            self.listeners.push_back(std::make_unique<listener>(*self.cores[i], self.svc, sockets[i]));
    }
}

http_server::~http_server() {
    stop();
    impl_->listeners.clear();
}

void http_server::start() {
    auto& self = *impl_;
    for (auto& core : self.cores)
        asio::co_spawn(core->io, keep_ticking(*core), asio::detached);
    for (std::size_t i = 0; i < self.listeners.size(); ++i)
        asio::co_spawn(self.cores[i % self.cores.size()]->io, self.listeners[i]->run(), asio::detached);
    self.io->start();
}

task<std::size_t> http_server::drain() {
    auto& self = *impl_;
    const auto begin = steady::now();
    const auto none_left = [&self] { return self.svc.connections.load(std::memory_order_relaxed) == 0; };
    executor here = co_await asio::this_coro::executor;
    timer wait(here);
    boost::system::error_code ignored;

    self.svc.draining.store(true, std::memory_order_relaxed);
    while (!none_left() && steady::now() - begin < std::min<milliseconds>(notice_period, self.drain_timeout / 2)) {
        wait.expires_after(poll_interval);
        co_await wait.async_wait(asio::redirect_error(use_task, ignored));
    }

    self.on_every_core(
        [&self](std::size_t core) { self.for_listeners_of(core, [](listener& one) { one.turn_away(); }); });
    wait.expires_after(handshake_period);
    co_await wait.async_wait(asio::redirect_error(use_task, ignored));
    self.on_every_core([&self](std::size_t core) {
        self.for_listeners_of(core, [](listener& one) { one.close(); });
        for (auto& one : self.cores[core]->connections)
            one.on_drain();
    });
    // At least one turn, so that what the listeners accepted last is counted.
    do {
        wait.expires_after(poll_interval);
        co_await wait.async_wait(asio::redirect_error(use_task, ignored));
    } while (!none_left() && steady::now() - begin < self.drain_timeout);
    co_return self.svc.connections.load(std::memory_order_relaxed);
}

void http_server::stop() noexcept {
    impl_->io->stop();
}

}  // namespace latchkey::http
