// In Latchkey's place, for what Latchkey would never say: tells everybody the same, and closes. On 127.0.0.1.
#pragma once

#include "unique_fd.hpp"

#include <cstdint>
#include <string>
#include <thread>

namespace latchkey::test {

class canned_answer {
public:
    // `answer`: the bytes; "" closes without a word.
    explicit canned_answer(std::string answer);
    canned_answer(const canned_answer&) = delete;
    canned_answer& operator=(const canned_answer&) = delete;
    ~canned_answer();

    std::uint16_t port() const noexcept { return port_; }

private:
    void run() const;

    std::string answer_;
    std::uint16_t port_;
    unique_fd listener_;
    std::thread thread_;
};

}  // namespace latchkey::test
