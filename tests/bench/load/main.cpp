// Keeps a server busy over so many connections, each with one request at a time, and tells what became of them in one
// line of JSON.
//
//   bench_load PORT CONNECTIONS SECONDS TARGET [HEADER-LINE…] [--cookies NAME FILE OFFSET]
//
// With a file, each request carries the next of its lines as that cookie, from the one after OFFSET bytes on: the
// file's order is the random order. One thread, epoll; a request is written where its predecessor's answer was read.
// It does less for each of them than wrk with a script does, and so is less often what limits the rate.
#include "answer_reader.hpp"
#include "latencies.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace latchkey::load;
using steady = std::chrono::steady_clock;

int checked(int value, const char* what) {
    if (value < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return value;
}

// The same request for ever, or one with another cookie each time.
class requests {
public:
    requests(std::string_view target, const std::vector<std::string>& lines) {
        head_.append("GET ").append(target).append(" HTTP/1.1\r\n");
        for (const auto& line : lines)
            head_.append(line).append("\r\n");
    }
    void take_cookies(std::string_view name, const char* path, std::size_t offset) {
        std::ifstream file(path, std::ios::binary);
        cookies_.assign(std::istreambuf_iterator<char>(file), {});
        if (cookies_.empty() || cookies_.back() != '\n')
            throw std::runtime_error("no cookies, or no end of their last line");
        head_.append("Cookie: ").append(name).append("=");
        at_ = cookies_.find('\n', offset % cookies_.size()) + 1;
    }
    std::string_view next() {
        request_ = head_;
        if (!cookies_.empty()) {
            at_ = at_ == cookies_.size() ? 0 : at_;
            const auto end = cookies_.find('\n', at_);
            request_.append(cookies_, at_, end - at_).append("\r\n");
            at_ = end + 1;
        }
        return request_.append("\r\n");
    }

private:
    std::string head_, cookies_, request_;
    std::size_t at_ = 0;
};

struct tally {
    std::uint64_t requests = 0, bytes = 0, refused = 0, broken = 0;
    latencies times;
};

class client {
public:
    client(std::uint16_t port, int epoll, requests& what, tally& sum)
        : port_(port), epoll_(epoll), what_(what), sum_(sum) {}

    void begin(steady::time_point now) {
        connect();
        ask(now);
    }

    void on_ready(std::string& buffer) {
        const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
        const auto now = steady::now();
        if (got < 0 && errno == EAGAIN)
            return;
        if (got > 0) {
            const auto state = reader_.take({buffer.data(), static_cast<std::size_t>(got)});
            if (state == answer_reader::state::complete)
                finish(now);
            return;
        }
        const bool was_answer = reader_.end();
        connect();
        if (was_answer)
            return finish(now);
        ++sum_.broken;
        ask(now);
    }

private:
    void connect() {
        if (fd_ >= 0)
            ::close(fd_);
        fd_ = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
        const int on = 1;
        checked(::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        where.sin_port = htons(port_);
        checked(::connect(fd_, reinterpret_cast<const sockaddr*>(&where), sizeof where), "connect");
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = this;
        checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &event), "epoll_ctl");
    }

    // A request is small enough for the socket's buffer to take it whole.
    void ask(steady::time_point now) {
        const auto text = what_.next();
        asked_at_ = now;
        if (::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
            ++sum_.broken;
            connect();
            const auto again = what_.next();
            if (::send(fd_, again.data(), again.size(), MSG_NOSIGNAL) < 0)
                throw std::runtime_error("the server takes no requests");
        }
    }

    void finish(steady::time_point now) {
        ++sum_.requests;
        sum_.bytes += reader_.size();
        sum_.refused += reader_.good() ? 0 : 1;
        sum_.times.add(static_cast<std::uint64_t>(std::chrono::nanoseconds(now - asked_at_).count()));
        ask(now);
    }

    std::uint16_t port_;
    int epoll_;
    requests& what_;
    tally& sum_;
    int fd_ = -1;
    answer_reader reader_;
    steady::time_point asked_at_;
};

void run(std::uint16_t port, std::size_t connections, std::chrono::seconds duration, requests& what) {
    const int epoll = checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    tally sum;
    std::vector<client> clients(connections, client(port, epoll, what, sum));
    const auto begin = steady::now();
    for (auto& one : clients)
        one.begin(steady::now());
    std::array<epoll_event, 256> events;
    std::string buffer(65'536, '\0');
    const auto end = begin + duration;
    while (steady::now() < end) {
        const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 100);
        for (int i = 0; i < count; ++i)
            static_cast<client*>(events[static_cast<std::size_t>(i)].data.ptr)->on_ready(buffer);
    }
    const std::chrono::duration<double> took = steady::now() - begin;
    const auto us = [](std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e3; };
    std::printf(
        "{\"requests\":%llu,\"seconds\":%.6f,\"bytes\":%llu,\"refused\":%llu,\"broken\":%llu,\"timeouts\":0,"
        "\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f}\n",
        static_cast<unsigned long long>(sum.requests), took.count(), static_cast<unsigned long long>(sum.bytes),
        static_cast<unsigned long long>(sum.refused), static_cast<unsigned long long>(sum.broken),
        us(sum.times.percentile(0.5)), us(sum.times.percentile(0.9)), us(sum.times.percentile(0.99)),
        us(sum.times.percentile(0.999)), us(sum.times.greatest()));
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 5)
        throw std::runtime_error(
            "usage: bench_load PORT CONNECTIONS SECONDS TARGET [HEADER-LINE...] [--cookies NAME FILE OFFSET]");
    std::vector<std::string> lines(argv + 5, argv + argc);
    std::vector<std::string> cookies;
    for (auto at = lines.begin(); at != lines.end(); ++at)
        if (*at == "--cookies") {
            cookies.assign(at + 1, lines.end());
            lines.erase(at, lines.end());
            break;
        }
    requests what(argv[4], lines);
    if (cookies.size() == 3)
        what.take_cookies(cookies[0], cookies[1].c_str(), std::stoul(cookies[2]));
    else if (!cookies.empty())
        throw std::runtime_error("--cookies NAME FILE OFFSET");
    run(static_cast<std::uint16_t>(std::stoul(argv[1])), std::stoul(argv[2]), std::chrono::seconds(std::stol(argv[3])),
        what);
} catch (const std::exception& e) {
    std::fprintf(stderr, "bench_load: %s\n", e.what());
    return 1;
}
