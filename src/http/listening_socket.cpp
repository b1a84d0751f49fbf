// open_listening_sockets(): plain sockets, because the choices matter (probe, SO_REUSEPORT, stale Unix sockets).
#include "listener.hpp"
#include "unix_address.hpp"

#include <cerrno>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace latchkey::http {
namespace {

constexpr int backlog = 4096;
// What the kernel keeps for one connection, each way: room for any request and any page. Left to itself it would keep
// megabytes for a client that asks and does not read (requirement E1). Connections inherit it from here.
constexpr int kernel_buffer = 32 * 1024;

class descriptor {
public:
    explicit descriptor(int fd) noexcept : fd_(fd) {}
    descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    descriptor& operator=(descriptor&&) = delete;
    ~descriptor() {
        if (fd_ >= 0)
            ::close(fd_);
    }
    int get() const noexcept { return fd_; }
    int release() noexcept { return std::exchange(fd_, -1); }

private:
    int fd_;
};

[[noreturn]] void fail(const std::string& address, int error) {
    std::string reason = std::generic_category().message(error);
    if (error == EADDRINUSE)
        reason = "another program listens there already";
    else if (error == EACCES)
        reason = "not permitted (ports below 1024 need a privilege; a Unix socket needs a writable directory)";
    throw std::runtime_error("cannot listen on " + address + ": " + reason);
}

descriptor new_socket(const std::string& address, int family) {
    descriptor fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (fd.get() < 0)
        fail(address, errno);
    return fd;
}

void set_option(const descriptor& fd, int level, int option, int value) noexcept {
    (void)::setsockopt(fd.get(), level, option, &value, sizeof value);
}

void set_flag(const descriptor& fd, int level, int option) noexcept {
    set_option(fd, level, option, 1);
}

descriptor bound_tcp(const std::string& address, const addrinfo& where, bool shared) {
    descriptor fd = new_socket(address, where.ai_family);
    set_flag(fd, SOL_SOCKET, SO_REUSEADDR);
    if (shared)
        set_flag(fd, SOL_SOCKET, SO_REUSEPORT);
    if (where.ai_family == AF_INET6)
        set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY);
    set_option(fd, SOL_SOCKET, SO_SNDBUF, kernel_buffer);
    set_option(fd, SOL_SOCKET, SO_RCVBUF, kernel_buffer);
    if (::bind(fd.get(), where.ai_addr, where.ai_addrlen) != 0)
        fail(address, errno);
    return fd;
}

std::vector<descriptor> open_tcp(const std::string& address, std::size_t count) {
    const auto colon = address.rfind(':');
    if (colon == std::string::npos)
        throw std::runtime_error("cannot listen on " + address + ": no port");
    std::string host = address.substr(0, colon);
    if (host.size() > 1 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (const int code = ::getaddrinfo(host.c_str(), address.c_str() + colon + 1, &hints, &found))
        throw std::runtime_error("cannot listen on " + address + ": " + ::gai_strerror(code));
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);

    std::vector<descriptor> out;
    {
        // SO_REUSEPORT would let a second server of the same user share the port unnoticed: ask without it first.
        descriptor probe = bound_tcp(address, *found, false);
        if (::listen(probe.get(), 1) != 0)
            fail(address, errno);
    }
    for (std::size_t i = 0; i < count; ++i)
        out.push_back(bound_tcp(address, *found, true));
    return out;
}

std::vector<descriptor> open_unix(const std::string& address, std::size_t count, socket_access access) {
    const std::string path = address.substr(5);
    const auto where = unix_address::make(path);
    if (!where)
        fail(address, where.error().value());

    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0) {
        // A socket nobody answers on was left by a server that was killed. Anything else is not ours to remove.
        const descriptor probe = new_socket(address, AF_UNIX);
        if (!S_ISSOCK(info.st_mode) || ::connect(probe.get(), where->data(), where->size()) == 0 ||
            errno != ECONNREFUSED)
            fail(address, EADDRINUSE);
        ::unlink(path.c_str());
    }
    descriptor fd = new_socket(address, AF_UNIX);
    const mode_t before = ::umask(access == socket_access::group ? 0117 : 0177);
    const int bound = ::bind(fd.get(), where->data(), where->size());
    const int error = errno;
    ::umask(before);
    if (bound != 0)
        fail(address, error);

    std::vector<descriptor> out;
    out.push_back(std::move(fd));
    while (out.size() < count) {
        descriptor copy(::dup(out.front().get()));
        if (copy.get() < 0)
            fail(address, errno);
        out.push_back(std::move(copy));
    }
    return out;
}

}  // namespace

std::vector<int> open_listening_sockets(const std::string& address, std::size_t cores, socket_access access) {
    auto sockets = address.starts_with("unix:") ? open_unix(address, cores, access) : open_tcp(address, cores);
    for (const auto& fd : sockets)
        if (::listen(fd.get(), backlog) != 0)
            fail(address, errno);
    std::vector<int> out;
    for (auto& fd : sockets)
        out.push_back(fd.release());
    return out;
}

void turn_away_newcomers(int descriptor) noexcept {
    sockaddr_storage where{};
    socklen_t size = sizeof where;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&where), &size) != 0)
        return;
    if (where.ss_family == AF_UNIX)
        return;
    // A socket filter sees the segment from its TCP header on; the flags are the 14th byte (RFC 9293 section 3.1).
    constexpr unsigned flags = 13, syn = 0x02, syn_or_ack = 0x12;
    sock_filter drop_syn[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, flags),      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, syn_or_ack),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, syn, 0, 1), BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    const sock_fprog program{sizeof drop_syn / sizeof drop_syn[0], drop_syn};
    (void)::setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

}  // namespace latchkey::http
