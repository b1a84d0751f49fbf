// The server's end of a client's connection: what can be done without waiting.
//
// Owns the descriptor, which is in non-blocking mode, TCP or Unix. For the core's own thread.
#pragma once

#include "owned_fd.hpp"

#include <cstddef>
#include <string_view>

namespace latchkey::http {

class peer_socket {
public:
    enum class state { done, later, gone };  // later: the socket must be ready first; gone: closed, or broken
    struct outcome {
        std::size_t bytes = 0;
        state what = state::done;
    };

    explicit peer_socket(owned_fd descriptor) noexcept : descriptor_(std::move(descriptor)) {}

    int descriptor() const noexcept { return descriptor_.get(); }

    // At least one byte where it is done.
    outcome read(char* into, std::size_t room) noexcept;
    // `first`, then `second`; perhaps a part of it.
    outcome write(std::string_view first, std::string_view second = {}) noexcept;

    // Small answers go out at once (TCP_NODELAY).
    void send_promptly() noexcept;
    // Says that no more will come. False when nobody is there to hear it.
    bool end_output() noexcept;
    // When it is closed what was not sent is dropped, instead of waiting in the kernel for somebody who doesn't read.
    void drop_on_close() noexcept;

private:
    owned_fd descriptor_;
};

}  // namespace latchkey::http
