#include "listener.hpp"

#include <boost/asio/redirect_error.hpp>

#include <cerrno>
#include <new>
#include <string_view>
#include <thread>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

namespace latchkey::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::chrono::milliseconds pause_without_descriptors{100};
constexpr int most_at_a_time = 16;  // then those that are connected have their turn
constexpr std::string_view too_many =
    "HTTP/1.1 503 Service Unavailable\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
    "Retry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

// Any family will do: generic sockets only look at it when they open one themselves.
asio::generic::stream_protocol any_stream() {
    return {AF_UNSPEC, 0};
}

}  // namespace

listener::listener(core_context& core, site& where, int descriptor, std::string socket_file)
    : core_(core),
      site_(where),
      acceptor_(core.io, any_stream(), descriptor),
      pause_(core.io),
      socket_file_(std::move(socket_file)) {
    acceptor_.non_blocking(true);
}

// `place` is taken where this client's connections are counted: not those of proxies, which come for everybody.
std::optional<turning_away> listener::reason_against(const peer_socket& socket, const connected_peer& peer,
                                                     client_connections::place& place) const {
    const services& in_force = *core_.current();
    if (site_.is_full(in_force.limits))
        return turning_away::total;
    if (socket.descriptor() >= site_.first_reserved_descriptor)
        return turning_away::descriptors;
    if (!site_.clients || peer.on_unix_socket || in_force.proxies.trusts(peer.address))
        return std::nullopt;
    place = site_.clients->enter(prefix_of(peer.address), in_force.limits.max_connections_per_client);
    return place ? std::nullopt : std::optional(turning_away::client);
}

void listener::take(peer_socket socket, const connected_peer& peer) {
    client_connections::place place;
    if (const auto reason = reason_against(socket, peer, place)) {
        core_.counters.count_turned_away(site_.is_admin, *reason);
        socket.write(too_many);
        return;
    }
    connection::start(std::move(socket), peer, std::move(place), core_, site_);
}

bool listener::take_next() {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    owned_fd accepted(::accept4(acceptor_.native_handle(), reinterpret_cast<sockaddr*>(&address), &size,
                                SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!accepted)
        return false;
    take(peer_socket(std::move(accepted)), peer_at(address));
    return true;
}

// Accepts what is there, or waits a moment when there is nothing to accept with.
task<void> listener::step() {
    error_code error;
    co_await acceptor_.async_wait(acceptor::wait_read, asio::redirect_error(use_task, error));
    for (int taken = 0; !closed_ && taken < most_at_a_time; ++taken) {
        if (take_next()) {
            starved_ = false;
            continue;
        }
        const int why = errno;
        if (why == EAGAIN || why == EWOULDBLOCK)
            co_return;
        if (why == ECONNABORTED || why == EINTR || why == EPROTO)
            continue;  // the client left between the kernel's queue and here
        // Out of descriptors or memory. The connection stays in the kernel's queue, so trying again at once would spin.
        if (!starved_) {  // once for each time that it happens, not once for each try
            const std::string what = error_code(why, boost::system::system_category()).message();
            core_.current()->core.log.write(log_level::warn, "accept_failed", {{"reason", what}});
            starved_ = true;
        }
        pause_.expires_after(pause_without_descriptors);
        co_await pause_.async_wait(asio::redirect_error(use_task, error));
        co_return;
    }
}

// No want of memory ends it: that costs the connection that it hits (E5).
task<void> listener::run() {
    while (!closed_) {
        try {
            co_await step();
        } catch (const std::bad_alloc&) {
            std::this_thread::yield();
        }
    }
}

void listener::turn_away() noexcept {
    if (!socket_file_.empty())
        ::unlink(socket_file_.c_str());
    turn_away_newcomers(acceptor_.native_handle());
}

void listener::close() {
    if (closed_)
        return;
    closed_ = true;
    while (take_next()) {
    }
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

}  // namespace latchkey::http
