#include "listener.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>

#include <new>
#include <string_view>
#include <thread>
#include <utility>

#include <unistd.h>

namespace latchkey::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::chrono::milliseconds pause_without_descriptors{100};
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
std::optional<turning_away> listener::reason_against(stream_socket& socket, const connected_peer& peer,
                                                     client_connections::place& place) const {
    const services& in_force = *core_.current();
    if (site_.is_full(in_force.limits))
        return turning_away::total;
    if (socket.native_handle() >= site_.first_reserved_descriptor)
        return turning_away::descriptors;
    if (!site_.clients || !peer.known || peer.on_unix_socket || in_force.proxies.trusts(peer.address))
        return std::nullopt;
    place = site_.clients->enter(prefix_of(peer.address), in_force.limits.max_connections_per_client);
    return place ? std::nullopt : std::optional(turning_away::client);
}

void listener::take(stream_socket socket) {
    const connected_peer peer = peer_of(socket);
    client_connections::place place;
    if (const auto reason = reason_against(socket, peer, place)) {
        core_.counters.count_turned_away(site_.is_admin, *reason);
        error_code ignored;
        socket.non_blocking(true, ignored);
        socket.write_some(asio::buffer(too_many), ignored);
        return;
    }
    connection::start(std::move(socket), peer, std::move(place), core_, site_);
}

// Accepts one, or waits a moment when there is nothing to accept with.
task<void> listener::step() {
    error_code error;
    stream_socket socket(core_.io);
    co_await acceptor_.async_accept(socket, asio::redirect_error(use_task, error));
    if (closed_ || error == asio::error::connection_aborted)
        co_return;  // aborted: the client left between the kernel's queue and here
    if (!error) {
        starved_ = false;
        take(std::move(socket));
        co_return;
    }
    // Out of descriptors or memory. The connection stays in the kernel's queue, so trying again at once would spin.
    if (!starved_) {  // once for each time that it happens, not once for each try
        const std::string what = error.message();
        core_.current()->core.log.write(log_level::warn, "accept_failed", {{"reason", what}});
        starved_ = true;
    }
    pause_.expires_after(pause_without_descriptors);
    co_await pause_.async_wait(asio::redirect_error(use_task, error));
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
    for (;;) {
        error_code error;
        stream_socket socket(core_.io);
        acceptor_.accept(socket, error);
        if (error)
            break;
        take(std::move(socket));
    }
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

}  // namespace latchkey::http
