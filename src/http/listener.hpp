// Listening sockets and the loops that accept from them.
//
// A TCP address has one socket per core (SO_REUSEPORT): the kernel spreads connections, and no core wakes another. A
// Unix socket knows no such thing: its one queue is shared by all cores.
#pragma once

#include "connection.hpp"
#include "core_context.hpp"
#include "site.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::http {

// Who may connect to a Unix socket: its owner's group too (a proxy's account), or the owner alone.
enum class socket_access { group, owner };

// Opens `address` ("host:port", "[v6]:port" or "unix:/path") for `cores` listeners and returns as many descriptors.
// Throws std::runtime_error with a sentence an operator can act on; also when another process listens there already.
std::vector<int> open_listening_sockets(const std::string& address, std::size_t cores, socket_access access);

// Lets no further connection begin on a listening socket, while those that have begun still come through: SYNs to a
// TCP socket are dropped by a filter (so that the client tries again, perhaps at this server's successor). A Unix
// socket has no such thing: whoever made it takes its name away.
void turn_away_newcomers(int descriptor) noexcept;

class listener {
public:
    // Owns `descriptor` from here on. `socket_file`, where not empty, is the Unix socket's path: removed when newcomers
    // are turned away. One listener of an address is told it.
    listener(core_context& core, site& where, int descriptor, std::string socket_file);

    // Accepts until close(). Survives running out of file descriptors: waits a moment instead of spinning (E4).
    task<void> run();

    // The first step of closing: see turn_away_newcomers(). Some round trips later, close().
    void turn_away() noexcept;
    // Accepts what the kernel has completed already, then closes, so that nobody who got through is reset (D6).
    // Both on the core's own thread.
    void close();

private:
    task<void> step();
    // Takes one from the kernel's queue. False, with errno set, when that fails.
    bool take_next();
    void take(peer_socket socket, const connected_peer& peer);
    // Why it is turned away, if it is.
    std::optional<turning_away> reason_against(const peer_socket& socket, const connected_peer& peer,
                                               client_connections::place& place) const;

    using acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol, executor>;
    using timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                    boost::asio::wait_traits<std::chrono::steady_clock>, executor>;
    core_context& core_;
    site& site_;
    acceptor acceptor_;
    timer pause_;
    std::string socket_file_;
    bool closed_ = false;
    bool starved_ = false;  // of descriptors, and said so
};

}  // namespace latchkey::http
