#include "connected_peer.hpp"

#include <cstring>

#include <netinet/in.h>

namespace latchkey::http {

connected_peer peer_at(const sockaddr_storage& address) noexcept {
    connected_peer out;
    out.on_unix_socket = address.ss_family == AF_UNIX;
    if (address.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        out.address.bytes[10] = out.address.bytes[11] = 0xff;
        std::memcpy(out.address.bytes.data() + 12, &v4.sin_addr, 4);
    } else if (address.ss_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof v6);
        std::memcpy(out.address.bytes.data(), &v6.sin6_addr, out.address.bytes.size());
    }
    return out;
}

}  // namespace latchkey::http
