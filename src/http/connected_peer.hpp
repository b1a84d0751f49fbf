// Who is at the other end of a client's connection.
#pragma once

#include <latchkey/session.hpp>

#include <sys/socket.h>

namespace latchkey::http {

struct connected_peer {
    client_address address;  // all zero on a Unix socket
    bool on_unix_socket = false;
};

// `address` as accept() gave it.
connected_peer peer_at(const sockaddr_storage& address) noexcept;

}  // namespace latchkey::http
