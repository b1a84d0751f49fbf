#include "header_echo_upstream.hpp"

#include "free_port.hpp"
#include "http_response.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace latchkey::test {
namespace {

// The length of a body whose request head this is.
std::size_t content_length(const std::string& head) {
    for (std::size_t at = 0; at < head.size();) {
        const auto end = head.find("\r\n", at);
        const auto line = head.substr(at, end - at);
        const auto colon = line.find(':');
        if (colon != std::string::npos && iequals(line.substr(0, colon), "Content-Length"))
            return std::stoul(line.substr(colon + 1));
        at = end + 2;
    }
    return 0;
}

}  // namespace

header_echo_upstream::header_echo_upstream()
    : port_(free_port()), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_.get(), 128) != 0)
        throw std::system_error(errno, std::generic_category(), "upstream");
    thread_ = std::thread([this] { run(); });
}

header_echo_upstream::~header_echo_upstream() {
    stopping_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
}

std::vector<std::string> header_echo_upstream::seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
}

void header_echo_upstream::run() {
    while (!stopping_) {
        const unique_fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (client)
            serve(client.get());
    }
}

// One request a connection: simple, and nothing can leak from one into the next.
void header_echo_upstream::serve(int fd) {
    std::string request;
    std::optional<std::size_t> whole;
    std::array<char, 16384> chunk;
    while (!whole || request.size() < *whole) {
        pollfd one{fd, POLLIN, 0};
        if (::poll(&one, 1, 50) == 0) {
            if (stopping_)
                return;
            continue;
        }
        const auto n = ::recv(fd, chunk.data(), chunk.size(), 0);
        if (n <= 0)
            return;
        request.append(chunk.data(), static_cast<std::size_t>(n));
        const auto end = request.find("\r\n\r\n");
        if (!whole && end != std::string::npos)
            whole = end + 4 + content_length(request.substr(0, end + 2));
    }
    {
        const std::lock_guard lock(mutex_);
        seen_.push_back(request);
    }
    const bool is_head = request.starts_with("HEAD ");
    std::string answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: " +
                         std::to_string(request.size()) + "\r\n\r\n";
    if (!is_head)
        answer += request;
    ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
}

}  // namespace latchkey::test
