// A connection's bytes, by TCP, by TLS or by a Unix socket. Used on its io_context's thread alone.
#pragma once

#include "redis_url.hpp"

#include <latchkey/async.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace latchkey {

class redis_stream {
public:
    using on_done = std::function<void(boost::system::error_code, std::size_t)>;

    virtual ~redis_stream() = default;
    // Resolves, connects, and shakes hands for TLS. Of several addresses each gets its share of the time that is left
    // until `until`; whoever calls sees to it that the rest ends then, too, by close(). Looking up a name cannot be cut
    // short: it takes as long as the machine's resolver is ready to wait.
    virtual task<boost::system::error_code> connect(std::chrono::steady_clock::time_point until) = 0;
    virtual void read_some(boost::asio::mutable_buffer to, on_done done) = 0;
    virtual void write(boost::asio::const_buffer from, on_done done) = 0;  // all of it
    // Everything under way ends with an error, soon. Idempotent.
    virtual void close() noexcept = 0;
};

// `ca_file`: whose certificates are believed, PEM; empty: whom the machine believes. Throws std::runtime_error when
// that file is of no use.
std::shared_ptr<redis_stream> make_redis_stream(boost::asio::io_context& io, const redis_url& url,
                                                const std::string& ca_file);

// What is wrong with such a file; empty: nothing.
std::string ca_file_fault(const std::string& ca_file);

}  // namespace latchkey
