#include "raw_client.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace latchkey::test {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_in loopback(const char* address, std::uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(port);
    if (::inet_pton(AF_INET, address, &out.sin_addr) != 1)
        throw std::invalid_argument(address);
    return out;
}

// Moves one chunk, or the last one with its trailers, from one to the other: its size. Nothing while it is incomplete.
std::optional<std::size_t> take_chunk(std::string& from, std::string& to) {
    const auto line = from.find("\r\n");
    if (line == std::string::npos)
        return std::nullopt;
    const auto size = std::stoul(from, nullptr, 16);
    const auto end = size > 0 ? line + 2 + size + 2 : from.find("\r\n\r\n");
    if (end == std::string::npos || from.size() < end)
        return std::nullopt;
    to.append(from, line + 2, size);
    from.erase(0, size > 0 ? end : end + 4);
    return size;
}

bool has_no_body(int status) {
    return status < 200 || status == 204 || status == 304;
}

}  // namespace

raw_client raw_client::tcp(std::uint16_t port, const tcp_options& options) {
    unique_fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd)
        fail("socket");
    if (options.receive_buffer > 0)
        ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &options.receive_buffer, sizeof options.receive_buffer);
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!options.from.empty()) {
        const auto from = loopback(options.from.c_str(), 0);
        if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
            fail("bind");
    }
    const auto to = loopback("127.0.0.1", port);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
        fail("connect");
    return raw_client(std::move(fd));
}

raw_client raw_client::unix_socket(const std::string& path) {
    unique_fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd)
        fail("socket");
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    if (path.size() >= sizeof to.sun_path)
        throw std::invalid_argument("too long for a Unix socket: " + path);
    std::memcpy(to.sun_path, path.data(), path.size());
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
        fail("connect");
    return raw_client(std::move(fd));
}

void raw_client::send(std::string_view bytes) {
    const deadline until;
    while (!bytes.empty()) {
        const auto n = send_some(bytes);
        bytes.remove_prefix(n);
        if (bytes.empty() || reset_)
            return;
        pollfd one{fd_.get(), POLLOUT, 0};
        ::poll(&one, 1, until.left_ms());
        if (until.passed())
            throw std::runtime_error("the peer does not read what is sent");
    }
}

void raw_client::send_bytewise(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i)
        send(bytes.substr(i, 1));
}

std::size_t raw_client::send_some(std::string_view bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const auto n = ::send(fd_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            sent += static_cast<std::size_t>(n);
        } else if (errno != EINTR) {
            reset_ = reset_ || errno == EPIPE || errno == ECONNRESET;
            break;
        }
    }
    return sent;
}

void raw_client::finish_sending() {
    ::shutdown(fd_.get(), SHUT_WR);
}

bool raw_client::receive(const deadline& until) {
    std::array<char, 65536> chunk;
    for (;;) {
        pollfd one{fd_.get(), POLLIN, 0};
        const int ready = ::poll(&one, 1, until.left_ms());
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready == 0)
            throw std::runtime_error("no answer in time; so far: " + buffer_.substr(0, 300));
        const auto n = ::recv(fd_.get(), chunk.data(), chunk.size(), 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            reset_ = true;
        if (n <= 0)
            return false;
        buffer_.append(chunk.data(), static_cast<std::size_t>(n));
        return true;
    }
}

void raw_client::ended(const char* where) const {
    connection_ended error(std::string(reset_ ? "connection reset " : "connection closed ") + where +
                           "; so far: " + buffer_.substr(0, 300));
    error.after_reset = reset_;
    error.within_response = !buffer_.empty();
    throw error;
}

http_response raw_client::read_response(bool to_head, deadline until) {
    std::size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
        if (!receive(until))
            ended("before a response was complete");
    end += 4;
    auto response = parse_response_head(std::string_view(buffer_).substr(0, end));
    std::size_t length = 0;
    if (!to_head && !has_no_body(response.status)) {
        const auto text = response.header("Content-Length");
        if (!text)
            throw std::runtime_error("a response without Content-Length: " + buffer_.substr(0, end));
        const auto [stop, error] = std::from_chars(text->data(), text->data() + text->size(), length);
        if (error != std::errc{} || stop != text->data() + text->size())
            throw std::runtime_error("Content-Length: " + *text);
    }
    while (buffer_.size() < end + length)
        if (!receive(until))
            ended("within a response's body");
    response.body = buffer_.substr(end, length);
    buffer_.erase(0, end + length);
    return response;
}

std::optional<http_response> raw_client::read_any_response(bool to_head, deadline until) {
    std::size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
        if (!receive(until))
            return std::nullopt;
    end += 4;
    // Some proxies answer so to whom they take for old.
    if (buffer_.starts_with("HTTP/1.0 "))
        buffer_[7] = '1';
    auto response = parse_response_head(std::string_view(buffer_).substr(0, end));
    if (to_head || has_no_body(response.status) || response.header("Content-Length"))
        return read_response(to_head, until);
    buffer_.erase(0, end);
    const bool chunked = iequals(response["Transfer-Encoding"], "chunked");
    for (std::optional<std::size_t> size; !chunked || !(size = take_chunk(buffer_, response.body)) || *size > 0;)
        if (!size && !receive(until))
            break;
    if (!chunked)
        response.body = std::exchange(buffer_, {});
    return response;
}

http_response raw_client::ask(const http_request& request, deadline until) {
    send(request.wire());
    for (;;) {
        auto response = read_response(request.method == "HEAD", until);
        if (response.status >= 200)
            return response;
    }
}

std::string raw_client::read_some(deadline until) {
    if (buffer_.empty())
        receive(until);
    return std::exchange(buffer_, {});
}

std::string raw_client::read_to_end(deadline until) {
    while (receive(until)) {
    }
    return std::exchange(buffer_, {});
}

bool raw_client::wait_for_hangup(deadline until) {
    for (;;) {
        pollfd one{fd_.get(), 0, 0};
        one.events = POLLRDHUP;
        const int ready = ::poll(&one, 1, until.left_ms());
        if (ready > 0)
            return true;
        if (ready == 0 && until.passed())
            return false;
    }
}

bool raw_client::readable(std::chrono::milliseconds within) {
    if (!buffer_.empty())
        return true;
    pollfd one{fd_.get(), POLLIN, 0};
    return ::poll(&one, 1, static_cast<int>(within.count())) > 0;
}

}  // namespace latchkey::test
