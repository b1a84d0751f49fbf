#include "peer_socket.hpp"

#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace latchkey::http {
namespace {

peer_socket::outcome to_outcome(ssize_t n, bool zero_is_end) noexcept {
    if (n > 0 || (n == 0 && !zero_is_end))
        return {static_cast<std::size_t>(n), peer_socket::state::done};
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return {0, peer_socket::state::later};
    return {0, peer_socket::state::gone};
}

}  // namespace

peer_socket::outcome peer_socket::read(char* into, std::size_t room) noexcept {
    ssize_t n;
    do {
        n = ::recv(descriptor_.get(), into, room, 0);
    } while (n < 0 && errno == EINTR);
    return to_outcome(n, true);
}

peer_socket::outcome peer_socket::write(std::string_view first, std::string_view second) noexcept {
    ssize_t n;
    do {
        if (second.empty()) {
            n = ::send(descriptor_.get(), first.data(), first.size(), MSG_NOSIGNAL);
        } else {
            // sendmsg() does not write through these.
            iovec pieces[] = {{const_cast<char*>(first.data()), first.size()},
                              {const_cast<char*>(second.data()), second.size()}};
            msghdr message{};
            message.msg_iov = pieces;
            message.msg_iovlen = 2;
            n = ::sendmsg(descriptor_.get(), &message, MSG_NOSIGNAL);
        }
    } while (n < 0 && errno == EINTR);
    return to_outcome(n, false);
}

void peer_socket::send_promptly() noexcept {
    const int on = 1;
    ::setsockopt(descriptor_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool peer_socket::end_output() noexcept {
    return ::shutdown(descriptor_.get(), SHUT_WR) == 0;
}

void peer_socket::drop_on_close() noexcept {
    const linger at_once{1, 0};
    ::setsockopt(descriptor_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace latchkey::http
