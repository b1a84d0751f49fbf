#include "header_echo_upstream.hpp"

#include "echo_request.hpp"
#include "free_port.hpp"
#include "http_response.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace latchkey::test {
namespace {

// The answer that RFC 6455 section 1.3 shows for its sample key. Who asks with another one would notice.
constexpr std::string_view switching =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
    "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

void send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0)
            return;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
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

std::vector<std::string> header_echo_upstream::take_seen() {
    const std::lock_guard lock(mutex_);
    return std::exchange(seen_, {});
}

void header_echo_upstream::remember(const std::string& request) {
    const std::lock_guard lock(mutex_);
    seen_.push_back(request);
}

void header_echo_upstream::run() {
    while (!stopping_) {
        unique_fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (client)
            connections_.emplace_back([this, fd = std::move(client)] { serve(fd.get()); });
    }
    for (auto& connection : connections_)
        connection.join();
}

bool header_echo_upstream::receive(int fd, std::string& into) const {
    std::array<char, 65536> chunk;
    while (!stopping_) {
        pollfd one{fd, POLLIN, 0};
        if (::poll(&one, 1, 50) == 0)
            continue;
        const auto n = ::recv(fd, chunk.data(), chunk.size(), 0);
        if (n <= 0)
            return false;
        into.append(chunk.data(), static_cast<std::size_t>(n));
        return true;
    }
    return false;
}

void header_echo_upstream::serve(int fd) {
    for (std::string bytes; serve_one(fd, bytes);) {
    }
}

bool header_echo_upstream::serve_one(int fd, std::string& bytes) {
    std::optional<whole_request> request;
    try {
        while (!(request = whole_request_in(bytes)))
            if (!receive(fd, bytes))
                return false;
    } catch (const std::exception&) {
        remember("unreadable: " + bytes);
        return false;
    }
    const auto& text = request->text;
    remember(text);
    if (iequals(field_of(text, "Upgrade"), "websocket")) {
        send_all(fd, switching);
        for (std::string frames; receive(fd, frames); frames.clear())
            send_all(fd, frames);
        return false;
    }
    send_all(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(text.size()) +
                     "\r\n\r\n" + (text.starts_with("HEAD ") ? "" : text));
    bytes = request->rest;
    return true;
}

}  // namespace latchkey::test
