// A client that sends exactly the bytes it is told to, over TCP or a Unix socket.
//
// Reading is strict: a response must be framed by Content-Length or be one that has no body. Every wait ends at a
// deadline with an exception, so no test hangs. One thread at a time.
#pragma once

#include "deadline.hpp"
#include "http_response.hpp"
#include "unique_fd.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace latchkey::test {

// The connection ended, or was reset, where something was still expected.
struct connection_ended : std::runtime_error {
    using std::runtime_error::runtime_error;
    bool after_reset = false;
    bool within_response = false;  // some of the response had come
};

struct tcp_options {
    std::string from;        // source address, "127.0.0.2"; empty: the kernel's choice
    int receive_buffer = 0;  // SO_RCVBUF; 0: the kernel's choice
};

class raw_client {
public:
    // Both throw std::system_error when nobody listens.
    static raw_client tcp(std::uint16_t port, const tcp_options& options = {});
    static raw_client unix_socket(const std::string& path);

    // Bytes that the peer no longer wants are not an error here: reading will tell.
    void send(std::string_view bytes);
    // One at a time, each as a segment of its own.
    void send_bytewise(std::string_view bytes);
    // As much as goes without waiting; how much that was.
    std::size_t send_some(std::string_view bytes);
    void finish_sending();

    // The next response; 1xx ones are returned like any other. `to_head`: it answers a HEAD request.
    http_response read_response(bool to_head = false, deadline until = deadline{});
    // Framed in any way that RFC 9112 section 6.3 allows, as answers of a proxy's own making are: chunked, or up to the
    // end of the connection. Nothing when the connection ended without one.
    std::optional<http_response> read_any_response(bool to_head = false, deadline until = deadline{});
    // Sends and reads the final response.
    http_response ask(const http_request& request, deadline until = deadline{});

    // What comes next; "" at the end.
    std::string read_some(deadline until = deadline{});
    // Everything up to the end of the connection, however it ends.
    std::string read_to_end(deadline until = deadline{});
    // Waits until the peer is gone; false when it is still there at the deadline. Bytes stay to be read.
    bool wait_for_hangup(deadline until = deadline{});
    // True when bytes, or an end, came within the time.
    bool readable(std::chrono::milliseconds within);
    bool was_reset() const noexcept { return reset_; }

    int fd() const noexcept { return fd_.get(); }

private:
    explicit raw_client(unique_fd fd) : fd_(std::move(fd)) {}
    // False at the end. Throws at the deadline.
    bool receive(const deadline& until);
    [[noreturn]] void ended(const char* where) const;

    unique_fd fd_;
    std::string buffer_;
    bool reset_ = false;
};

}  // namespace latchkey::test
