// A client's socket, and who is at its other end.
#pragma once

#include <latchkey/async.hpp>
#include <latchkey/session.hpp>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

namespace latchkey::http {

// TCP and Unix sockets alike; the executor is a concrete type on purpose (see async.hpp).
using stream_socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, executor>;

struct connected_peer {
    client_address address;  // all zero on a Unix socket
    bool known = false;      // false: gone already
    bool on_unix_socket = false;
};

connected_peer peer_of(const stream_socket& socket) noexcept;

}  // namespace latchkey::http
