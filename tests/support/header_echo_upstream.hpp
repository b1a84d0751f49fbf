// The guarded application of the proxy tests: answers every request with 200 and the exact request that it got as the
// body, byte for byte. Keeps what it saw. Its own thread; one connection after another is fine for a proxy.
#pragma once

#include "unique_fd.hpp"

#include <atomic>
#include <cstdint>
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

private:
    void run();
    void serve(int fd);

    std::uint16_t port_;
    unique_fd listener_;
    std::atomic<bool> stopping_{false};
    mutable std::mutex mutex_;
    std::vector<std::string> seen_;
    std::thread thread_;
};

}  // namespace latchkey::test
