// The least that a server can do: epoll, one read and one write for each request, and always the same answer.
//
//   peer_epoll PORT THREADS BYTES      an answer of so many bytes
//
// It looks for the blank line and for nothing else, so what it does in a second is the limit of the machine and of the
// load generator, and not something that an honest server could reach.
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

int checked(int value, const char* what) {
    if (value < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return value;
}

std::string answer_of(std::size_t bytes) {
    std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Padding: ";
    const std::string_view end = "\r\n\r\n";
    if (head.size() + end.size() < bytes)
        head.append(bytes - head.size() - end.size(), 'x');
    return head.append(end);
}

int listen_on(std::uint16_t port) {
    const int fd = checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    const int on = 1;
    checked(::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
    checked(::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on), "SO_REUSEPORT");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    checked(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
    checked(::listen(fd, SOMAXCONN), "listen");
    return fd;
}

class server {
public:
    server(int listener, const std::string& answer)
        : listener_(listener), answer_(answer), epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll")) {
        watch(listener_);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 512> events;
        for (;;) {
            const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < count; ++i) {
                const int fd = events[static_cast<std::size_t>(i)].data.fd;
                fd == listener_ ? accept_all() : serve(fd);
            }
        }
    }

private:
    void watch(int fd) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
    }

    void accept_all() {
        for (;;) {
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0)
                return;
            const int on = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            watch(fd);
        }
    }

    void serve(int fd) {
        const ssize_t got = ::read(fd, buffer_.data(), buffer_.size());
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0 || !answer(fd, {buffer_.data(), static_cast<std::size_t>(got)})) {
            beginnings_.erase(fd);
            ::close(fd);
        }
    }

    // A request that came in pieces is rare, and may be slow.
    bool answer(int fd, std::string_view bytes) {
        std::string whole;
        if (const auto found = beginnings_.find(fd); found != beginnings_.end()) {
            whole = found->second.append(bytes);
            beginnings_.erase(found);
            bytes = whole;
        }
        std::size_t requests = 0;
        for (std::size_t end; (end = bytes.find("\r\n\r\n")) != bytes.npos; ++requests)
            bytes.remove_prefix(end + 4);
        if (!bytes.empty())
            beginnings_[fd] = std::string(bytes);
        if (requests == 1)
            return ::write(fd, answer_.data(), answer_.size()) == static_cast<ssize_t>(answer_.size());
        std::string all;
        for (; requests > 0; --requests)
            all += answer_;
        return all.empty() || ::write(fd, all.data(), all.size()) == static_cast<ssize_t>(all.size());
    }

    int listener_;
    const std::string& answer_;
    int epoll_;
    std::array<char, 16384> buffer_;
    std::unordered_map<int, std::string> beginnings_;
};

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 4)
        throw std::runtime_error("usage: peer_epoll PORT THREADS BYTES");
    const auto port = static_cast<std::uint16_t>(std::stoul(argv[1]));
    const std::string answer = answer_of(std::stoul(argv[3]));
    std::vector<std::jthread> threads;
    for (unsigned long i = 0; i < std::stoul(argv[2]); ++i)
        threads.emplace_back([&, listener = listen_on(port)] { server(listener, answer).run(); });
} catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
}
