// The attackers of tests/bench/login_flood and tests/bench/slow_clients, and the honest clients beside them. One
// thread, epoll; every kind keeps to its schedule whether or not the server does.
//
//   bench_attack slow PORT CONNECTIONS SECONDS            holds them: a third each drips a header, a body, and reads a
//                                                         byte a second; whoever is thrown out comes again
//   bench_attack flood PORT RATE SECONDS PREFIXES         logins from as many client prefixes, each for another account
//   bench_attack logins PORT SECONDS EMAIL PASSWORD       a right login each second, each from another prefix
//   bench_attack checks PORT RATE SECONDS COOKIE [FILE]   checks, as "name=value"; with a file of values, each with the
//                                                         next of them, as "name"
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

namespace {

using steady = std::chrono::steady_clock;

double now() {
    static const auto begin = steady::now();
    return std::chrono::duration<double>(steady::now() - begin).count();
}

int connect_to(int port, int receive_buffer = 0) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        throw std::runtime_error("no more descriptors: ulimit -n");
    if (receive_buffer > 0)
        (void)::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int on = 1;
    (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    where.sin_port = htons(static_cast<std::uint16_t>(port));
    (void)::connect(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where);
    return fd;
}

bool send_all(int fd, std::string_view text) {
    return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

double quantile(std::vector<double>& times, double q) {
    if (times.empty())
        return 0;
    const auto at = static_cast<std::size_t>(q * static_cast<double>(times.size() - 1));
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(at), times.end());
    return times[at];
}

class poller {
public:
    poller() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {}
    ~poller() { ::close(fd_); }
    poller(const poller&) = delete;
    poller& operator=(const poller&) = delete;

    void watch(int fd, std::uint32_t what, std::size_t index) {
        epoll_event event{};
        event.events = what;
        event.data.u64 = index;
        ::epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event);
    }
    // For `longest` seconds at most, to the microsecond: a millisecond is long beside what is measured.
    template <class Act>
    void wait(double longest, Act act) {
        std::array<epoll_event, 256> events{};
        const timespec most{0, static_cast<long>(std::clamp(longest, 0.0, 0.5) * 1e9)};
        const int n = ::epoll_pwait2(fd_, events.data(), static_cast<int>(events.size()), &most, nullptr);
        for (int i = 0; i < n; ++i)
            act(static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64),
                events[static_cast<std::size_t>(i)].events);
    }

private:
    int fd_;
};

struct slow_one {
    int fd = -1;
    double begun = 0;
    double next = 0;
    bool started = false;
};

void slow(int port, std::size_t count, double length) {
    constexpr std::array<const char*, 3> kinds{"header", "body", "reading"};
    std::string many;
    for (int i = 0; i < 24; ++i)  // more than the buffers between here and there hold
        many += "GET /assets/latchkey.css HTTP/1.1\r\nHost: h\r\n\r\n";
    const std::array<std::string, 3> starts{
        "GET / HTTP/1.1\r\nHost: h\r\nX: ",
        "POST /login HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n", many};
    poller events;
    std::vector<slow_one> all(count);
    std::array<double, 3> longest{};
    std::array<std::size_t, 3> ended{};
    const auto begin = [&](std::size_t i) {
        all[i] = {connect_to(port, i % 3 == 2 ? 2048 : 0), now(), 0, false};
        events.watch(all[i].fd, EPOLLRDHUP | EPOLLET, i);
    };
    for (std::size_t i = 0; i < count; ++i) {
        begin(i);
        if (i % 64 == 0)
            ::usleep(5'000);  // the kernel's queue of newcomers is finite
    }
    std::fprintf(stderr, "holding\n");
    std::array<char, 4096> junk{};
    std::size_t samples = 0, held = 0;
    for (double next_sample = now(); now() < length;) {
        std::size_t alive = 0;
        for (std::size_t i = 0; i < count; ++i) {
            auto& one = all[i];
            const double t = now();
            bool gone = false;
            if (!one.started) {
                one.started = true;
                one.next = t + 1;
                gone = ::send(one.fd, starts[i % 3].data(), starts[i % 3].size(), MSG_NOSIGNAL) <= 0 &&
                       errno != EAGAIN && errno != ENOTCONN;
            } else if (t >= one.next) {
                one.next = t + 1;
                if (i % 3 == 2)
                    gone = ::recv(one.fd, junk.data(), 1, MSG_DONTWAIT) == 0 || (errno == ECONNRESET);
                else
                    gone = !send_all(one.fd, "x");
                errno = 0;
            }
            if (gone) {
                longest[i % 3] = std::max(longest[i % 3], t - one.begun);
                ++ended[i % 3];
                ::close(one.fd);
                begin(i);
            } else {
                ++alive;
            }
        }
        if (now() >= next_sample) {
            next_sample += 1;
            ++samples;
            held += alive;
        }
        events.wait(0.02, [&](std::size_t i, std::uint32_t what) {
            if ((what & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) == 0)
                return;
            longest[i % 3] = std::max(longest[i % 3], now() - all[i].begun);
            ++ended[i % 3];
            ::close(all[i].fd);
            begin(i);
        });
    }
    std::printf("held on average %zu\n", samples == 0 ? 0 : held / samples);
    for (std::size_t k = 0; k < 3; ++k)
        std::printf("%-8s thrown out %zu times, the last after %.1f s\n", kinds[k], ended[k], longest[k]);
    for (const auto& one : all)
        ::close(one.fd);
}

struct asking {
    int fd = -1;
    bool busy = false;
    double due = 0;
    std::string got;
};

struct tally {
    std::map<int, std::vector<double>> by_status;
    std::size_t broken = 0;
    std::size_t unsent = 0;  // no connection was free in time
};

// Status of a complete answer in `got`, or 0.
int complete(const std::string& got) {
    const auto end = got.find("\r\n\r\n");
    if (end == std::string::npos || got.size() < 12)
        return 0;
    const auto field = got.find("Content-Length: ");
    const std::size_t body = field < end ? static_cast<std::size_t>(std::atol(got.c_str() + field + 16)) : 0;
    return got.size() >= end + 4 + body ? std::atoi(got.c_str() + 9) : 0;
}

// Requests on a schedule, over `width` connections. Times count from when a request was due.
template <class Make>
tally paced(int port, double rate, double length, std::size_t width, Make make) {
    poller events;
    std::vector<asking> all(width);
    std::vector<std::size_t> free;
    tally out;
    const auto connect = [&](std::size_t i) {
        all[i].fd = connect_to(port);
        all[i].busy = false;
        all[i].got.clear();
        events.watch(all[i].fd, EPOLLIN | EPOLLRDHUP, i);
    };
    for (std::size_t i = 0; i < width; ++i) {
        connect(i);
        free.push_back(i);
    }
    ::usleep(200'000);
    std::array<char, 16384> buffer{};
    const double begin = now();
    std::uint64_t sent = 0;
    while (now() < begin + length) {
        for (double due = begin + static_cast<double>(sent) / rate; due <= now();
             due = begin + static_cast<double>(sent) / rate) {
            if (free.empty()) {
                if (now() - due < 0.5)
                    break;
                ++out.unsent;
                ++sent;
                continue;
            }
            auto& one = all[free.back()];
            free.pop_back();
            one.busy = true;
            one.due = due;
            if (!send_all(one.fd, make(sent)))
                ++out.broken;
            ++sent;
        }
        const double next = begin + static_cast<double>(sent) / rate;
        events.wait(free.empty() ? 1e-3 : next - now(), [&](std::size_t i, std::uint32_t) {
            auto& one = all[i];
            const ssize_t n = ::recv(one.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (n < 0 && errno == EAGAIN)
                return;
            if (n <= 0) {
                const bool was = one.busy;
                out.broken += was ? 1 : 0;
                ::close(one.fd);
                connect(i);
                if (was)
                    free.push_back(i);
                return;
            }
            one.got.append(buffer.data(), static_cast<std::size_t>(n));
            if (const int status = complete(one.got); status != 0 && one.busy) {
                out.by_status[status].push_back(now() - one.due);
                one.busy = false;
                one.got.clear();
                free.push_back(i);
            }
        });
    }
    for (const auto& one : all)
        ::close(one.fd);
    return out;
}

void print(const char* what, tally& t, double length) {
    for (auto& [status, times] : t.by_status) {
        const double most = *std::max_element(times.begin(), times.end());
        std::printf("%-7s %d %9.1f/s  p50 %8.2f ms  p99 %8.2f ms  p99.9 %8.2f ms  max %8.2f ms\n", what, status,
                    static_cast<double>(times.size()) / length, 1e3 * quantile(times, 0.5), 1e3 * quantile(times, 0.99),
                    1e3 * quantile(times, 0.999), 1e3 * most);
    }
    std::printf("%-7s broken %zu, not sent in time %zu\n", what, t.broken, t.unsent);
}

std::string login(const std::string& client, const std::string& email, const std::string& password) {
    const std::string body = R"({"email":")" + email + R"(","password":")" + password + "\"}";
    return "POST /login HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: " + client +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::vector<std::string> cookies_of(const std::string& name, const std::string& file) {
    std::vector<std::string> cookies;
    std::ifstream in(file);
    for (std::string value; std::getline(in, value);)
        cookies.push_back(name + "=" + value);
    if (cookies.empty())
        throw std::runtime_error("no cookies in " + file);
    return cookies;
}

}  // namespace

int main(int argc, char** argv) try {
    const std::vector<std::string> args(argv + 1, argv + argc);
    if (args.size() < 4)
        throw std::runtime_error("see the top of attack_load.cpp");
    const int port = std::stoi(args[1]);
    if (args[0] == "slow") {
        slow(port, std::stoul(args[2]), std::stod(args[3]));
    } else if (args[0] == "flood") {
        const double length = std::stod(args[3]);
        const std::uint64_t prefixes = std::stoul(args.at(4));
        auto t = paced(port, std::stod(args[2]), length, 512, [&](std::uint64_t n) {
            // One prefix sends as much as all the others together.
            const auto from = n % 2 == 0 ? 0 : 1 + n / 2 % prefixes;
            return login("198.51." + std::to_string(100 + from / 250) + "." + std::to_string(1 + from % 250),
                         "a" + std::to_string(n) + "@example.com", "a wrong password");
        });
        print("flood", t, length);
    } else if (args[0] == "logins") {
        const double length = std::stod(args[2]);
        auto t = paced(port, 1, length, 8, [&](std::uint64_t n) {
            const auto network = static_cast<std::uint64_t>(::getpid()) % 250;  // nobody who was here before
            return login("203.0." + std::to_string(network) + "." + std::to_string(1 + n % 250), args.at(3),
                         args.at(4));
        });
        print("user", t, length);
    } else if (args[0] == "checks") {
        const double length = std::stod(args[3]);
        const auto cookies = args.size() > 5 ? cookies_of(args[4], args[5]) : std::vector{args.at(4)};
        auto t = paced(port, std::stod(args[2]), length, 64, [&](std::uint64_t n) {
            return "GET /api/authz/auth-request HTTP/1.1\r\nHost: h\r\nX-Original-URL: "
                   "http://app.example.com/\r\nX-Original-Method: GET\r\nCookie: " +
                   cookies[n % cookies.size()] + "\r\n\r\n";
        });
        print("checks", t, length);
    } else {
        throw std::runtime_error("what is " + args[0] + "?");
    }
} catch (const std::exception& e) {
    std::fprintf(stderr, "bench_attack: %s\n", e.what());
    return 2;
}
