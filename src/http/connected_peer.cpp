#include "connected_peer.hpp"

#include <cstring>

#include <netinet/in.h>

namespace latchkey::http {

connected_peer peer_of(const stream_socket& socket) noexcept {
    connected_peer out;
    boost::system::error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    out.known = !error;
    const int family = endpoint.data()->sa_family;
    out.on_unix_socket = family == AF_UNIX;
    if (family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, endpoint.data(), sizeof v4);
        out.address.bytes[10] = out.address.bytes[11] = 0xff;
        std::memcpy(out.address.bytes.data() + 12, &v4.sin_addr, 4);
    } else if (family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, endpoint.data(), sizeof v6);
        std::memcpy(out.address.bytes.data(), &v6.sin6_addr, out.address.bytes.size());
    }
    return out;
}

}  // namespace latchkey::http
