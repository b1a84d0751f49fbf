// The guarded application of the proxy tests: answers every request with 200 and the exact request that it got as the
// body, byte for byte, and keeps what it saw. A WebSocket handshake is accepted, and what follows is sent back.
//
// Each connection has a thread of its own and is kept open; what comes behind a request is the next one. Chunked bodies
// are kept and sent back without their framing.
#pragma once

#include "unique_fd.hpp"

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace latchkey::test {

class header_echo_upstream {
public:
    header_echo_upstream();
    header_echo_upstream(const header_echo_upstream&) = delete;
    header_echo_upstream& operator=(const header_echo_upstream&) = delete;
    ~header_echo_upstream();

    std::uint16_t port() const noexcept { return port_; }
    std::vector<std::string> seen() const;  // head and body of every request, in order
    std::vector<std::string> take_seen();   // the same, and forgets them

private:
    void run();
    void serve(int fd);
    bool serve_one(int fd, std::string& bytes);     // false when that was the last
    bool receive(int fd, std::string& into) const;  // false at the end
    void remember(const std::string& request);

    std::uint16_t port_;
    unique_fd listener_;
    std::atomic<bool> stopping_{false};
    mutable std::mutex mutex_;
    std::vector<std::string> seen_;
    std::thread thread_;
    std::list<std::thread> connections_;  // the acceptor's own
};

}  // namespace latchkey::test
