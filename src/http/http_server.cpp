#include "http_server.hpp"

#include "admin_routes.hpp"
#include "core_context.hpp"
#include "held_checks.hpp"
#include "io_threads.hpp"
#include "listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <new>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <sys/resource.h>

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
// Of the last file descriptors none goes to the public: see site.
constexpr std::size_t reserved_descriptors = 32;

// No want of memory ends it: deadlines hang on it (E5).
task<void> keep_ticking(core_context& core) {
    timer wait(core.io);
    for (;;) {
        try {
            wait.expires_after(std::chrono::milliseconds(tick_ms));
            boost::system::error_code error;
            co_await wait.async_wait(asio::redirect_error(use_task, error));
            if (error)
                co_return;
            while (core.tick())
                co_await asio::post(core.io, use_task);
        } catch (const std::bad_alloc&) {
            std::this_thread::yield();
        }
    }
}

// How many files this process may have open, at most what an int can number.
std::size_t open_files_allowed() noexcept {
    constexpr rlim_t most = std::numeric_limits<int>::max();
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? std::min(limit.rlim_cur, most) : most;
}

page_set_ptr read_page_files(const page_options& options) {
    auto loaded = load_page_set(options.directory);
    std::string faults;
    for (const auto& fault : loaded.faults)
        faults.append(faults.empty() ? "pages.directory: " : "; ").append(fault);
    if (!faults.empty())
        throw std::runtime_error(faults);
    return std::move(loaded.set);
}

}  // namespace

struct http_server::impl {
    impl(const config& values, const domain& d)
        : options(values),
          drain_timeout(values.server.drain_timeout),
          most_connections(values.limits.max_connections),
          page_files(read_page_files(values.pages)),
          uses(d) {
        people.routes = public_routes();
        people.clients = std::make_unique<client_connections>();
        people.first_reserved_descriptor =
            static_cast<int>(files - std::min<std::size_t>(reserved_descriptors, files / 16));
        admins.routes = admin_routes();
        admins.is_admin = true;
    }

    void listen(site& where, const std::string& address);
    std::size_t connections() const noexcept {
        return people.connections.load(std::memory_order_relaxed) + admins.connections.load(std::memory_order_relaxed);
    }

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

    const std::size_t files = open_files_allowed();
    config options;  // in force; apply()'s alone once the server runs
    milliseconds drain_timeout;
    std::atomic<std::size_t> most_connections;  // limits.max_connections, for stats()
    page_set_ptr page_files;                    // as at the start: a reload doesn't read them again
    domain uses;
    server_state state;
    site people;
    site admins;
    // Order matters: the io threads go first, and with them the coroutines, which refer to the cores.
    std::vector<std::unique_ptr<core_context>> cores;
    std::unique_ptr<io_threads> io;
    std::vector<std::unique_ptr<listener>> listeners;
};

void http_server::impl::listen(site& where, const std::string& address) {
    const auto access = where.is_admin ? socket_access::owner : socket_access::group;
    const auto sockets = open_listening_sockets(address, cores.size(), access);
    std::string socket_file = address.starts_with("unix:") ? address.substr(5) : std::string();
    for (std::size_t i = 0; i < sockets.size(); ++i)
        listeners.push_back(std::make_unique<listener>(*cores[i], where, sockets[i], std::exchange(socket_file, {})));
}

http_server::http_server(const config& options, std::shared_ptr<const access_policy> access, const domain& d,
                         secret admin_token)
    : impl_(std::make_unique<impl>(options, d)) {
    auto& self = *impl_;
    const std::string admin_address = options.admin_address();
    if (!admin_address.empty() && !admin_address.starts_with("unix:")) {
        if (admin_token.empty())
            throw std::runtime_error("cannot listen on " + admin_address +
                                     " for administrators: server.admin_token_file is needed on TCP");
        self.admins.guard = admin_guard(std::move(admin_token));
    }
    self.io = std::make_unique<io_threads>(options.server.io_threads);
    const auto initial = std::make_shared<const services>(options, std::move(access), d, self.state, self.page_files);
    std::random_device seed;
    for (std::size_t i = 0; i < self.io->size(); ++i) {
        const std::uint64_t high = seed();
        self.cores.push_back(std::make_unique<core_context>((*self.io)[i], initial, high << 32 | seed()));
    }
    for (const auto& address : options.server.listen)
        self.listen(self.people, address);
    if (!admin_address.empty())
        self.listen(self.admins, admin_address);
}

http_server::~http_server() {
    stop();
    impl_->listeners.clear();
    for (auto& core : impl_->cores)
        core->drop_connections();
}

void http_server::start() {
    auto& self = *impl_;
    if (self.files < self.options.limits.max_connections + reserved_descriptors)
        self.uses.log.write(log_level::warn, "few_file_descriptors",
                            {{"limit", static_cast<std::int64_t>(self.files)},
                             {"meaning", "fewer connections than limits.max_connections can be open"}});
    for (auto& core : self.cores) {
        asio::co_spawn(core->io, keep_ticking(*core), asio::detached);
        core->ready.start(core->io, [&held = *core->held] { held.answer(); });
    }
    for (std::size_t i = 0; i < self.listeners.size(); ++i)
        asio::co_spawn(self.cores[i % self.cores.size()]->io, self.listeners[i]->run(), asio::detached);
    self.io->start();
}

void http_server::apply(const config& options, std::shared_ptr<const access_policy> access) {
    auto& self = *impl_;
    config next = self.options;
    next.limits = options.limits;
    next.server.trusted_proxies = options.server.trusted_proxies;
    next.server.allowed_origins = options.server.allowed_origins;
    next.redirect.allowed_hosts = options.redirect.allowed_hosts;
    next.access = options.access;
    auto fresh = std::make_shared<const services>(next, std::move(access), self.uses, self.state, self.page_files);
    self.options = std::move(next);
    self.most_connections.store(self.options.limits.max_connections, std::memory_order_relaxed);
    for (auto& core : self.cores)
        core->bring(fresh);
}

http_stats http_server::stats() const {
    http_stats sum;
    for (const auto& core : impl_->cores)
        core->counters.add_to(sum);
    sum.sites[0].open = impl_->people.connections.load(std::memory_order_relaxed);
    sum.sites[0].limit = impl_->most_connections.load(std::memory_order_relaxed);
    sum.sites[1].open = impl_->admins.connections.load(std::memory_order_relaxed);
    sum.sites[1].limit = site::admin_connections;
    return sum;
}

task<std::size_t> http_server::drain() {
    auto& self = *impl_;
    const auto begin = steady::now();
    const milliseconds drain_timeout = self.drain_timeout;
    const auto none_left = [&self] { return self.connections() == 0; };
    executor here = co_await asio::this_coro::executor;
    timer wait(here);
    boost::system::error_code ignored;

    self.state.draining.store(true, std::memory_order_relaxed);
    while (!none_left() && steady::now() - begin < std::min<milliseconds>(notice_period, drain_timeout / 2)) {
        wait.expires_after(poll_interval);
        co_await wait.async_wait(asio::redirect_error(use_task, ignored));
    }

    self.on_every_core(
        [&self](std::size_t core) { self.for_listeners_of(core, [](listener& one) { one.turn_away(); }); });
    wait.expires_after(handshake_period);
    co_await wait.async_wait(asio::redirect_error(use_task, ignored));
    self.on_every_core([&self](std::size_t core) {
        self.for_listeners_of(core, [](listener& one) { one.close(); });
        auto& all = self.cores[core]->connections;
        for (auto at = all.begin(); at != all.end();) {
            timed_connection& one = *at++;
            one.on_drain();
        }
    });
    // At least one turn, so that what the listeners accepted last is counted.
    do {
        wait.expires_after(poll_interval);
        co_await wait.async_wait(asio::redirect_error(use_task, ignored));
    } while (!none_left() && steady::now() - begin < drain_timeout);
    co_return self.connections();
}

void http_server::stop() noexcept {
    impl_->io->stop();
}

}  // namespace latchkey::http
