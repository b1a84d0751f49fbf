#include "redis_stream.hpp"

#include "steady_timer.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <stdexcept>
#include <utility>

namespace latchkey {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, executor>;
using tcp_resolver = asio::ip::basic_resolver<asio::ip::tcp, executor>;
using time_point = std::chrono::steady_clock::time_point;
using unix_socket = asio::basic_stream_socket<asio::local::stream_protocol, executor>;

// Every address of the host in turn, so that one that swallows packets does not hide the others.
task<error_code> connect_tcp(tcp_resolver& resolver, tcp_socket& socket, const redis_url& url, time_point until,
                             const bool& closed) {
    error_code error;
    const auto found = co_await resolver.async_resolve(url.host, url.port, asio::redirect_error(use_task, error));
    if (!error)
        error = asio::error::host_not_found;
    auto left = static_cast<int>(found.size());
    for (const auto& entry : found) {
        if (closed)
            break;
        error_code ignored;
        socket.close(ignored);
        // Its handler may be on its way when the attempt is over, and must leave the socket alone then.
        const auto trying = std::make_shared<bool>(true);
        steady_timer limit(socket.get_executor(), (until - std::chrono::steady_clock::now()) / left--);
        limit.async_wait([trying, &socket](error_code cancelled) {
            error_code unheard;
            if (!cancelled && std::exchange(*trying, false))
                socket.close(unheard);
        });
        co_await socket.async_connect(entry.endpoint(), asio::redirect_error(use_task, error));
        if (!std::exchange(*trying, false))
            error = asio::error::timed_out;
        if (!error)
            break;
    }
    if (closed)
        error = asio::error::operation_aborted;
    if (!error)
        socket.set_option(asio::ip::tcp::no_delay(true), error);
    co_return error;
}

class tcp_stream final : public redis_stream {
public:
    tcp_stream(asio::io_context& io, redis_url url) : url_(std::move(url)), resolver_(io), socket_(io) {}

    task<error_code> connect(time_point until) override {
        return connect_tcp(resolver_, socket_, url_, until, closed_);
    }
    void read_some(asio::mutable_buffer to, on_done done) override { socket_.async_read_some(to, std::move(done)); }
    void write(asio::const_buffer from, on_done done) override { asio::async_write(socket_, from, std::move(done)); }
    void close() noexcept override {
        error_code ignored;
        closed_ = true;
        resolver_.cancel();
        socket_.close(ignored);
    }

private:
    redis_url url_;
    bool closed_ = false;
    tcp_resolver resolver_;
    tcp_socket socket_;
};

class unix_stream final : public redis_stream {
public:
    unix_stream(asio::io_context& io, std::string path) : path_(std::move(path)), socket_(io) {}

    task<error_code> connect(time_point) override {
        const asio::local::stream_protocol::endpoint there(path_);
        error_code error;
        co_await socket_.async_connect(there, asio::redirect_error(use_task, error));
        co_return error;
    }
    void read_some(asio::mutable_buffer to, on_done done) override { socket_.async_read_some(to, std::move(done)); }
    void write(asio::const_buffer from, on_done done) override { asio::async_write(socket_, from, std::move(done)); }
    void close() noexcept override {
        error_code ignored;
        socket_.close(ignored);
    }

private:
    std::string path_;
    unix_socket socket_;
};

// Empty: whom the machine believes.
error_code trust(asio::ssl::context& context, const std::string& ca_file) {
    error_code error;
    if (ca_file.empty())
        context.set_default_verify_paths(error);
    else
        context.load_verify_file(ca_file, error);
    return error;
}

class tls_stream final : public redis_stream {
public:
    tls_stream(asio::io_context& io, redis_url url, const std::string& ca_file)
        : url_(std::move(url)),
          resolver_(io),
          context_(asio::ssl::context::tls_client),
          stream_(io, trusting(ca_file)) {}

    task<error_code> connect(time_point until) override {
        error_code error = co_await connect_tcp(resolver_, stream_.next_layer(), url_, until, closed_);
        if (error)
            co_return error;
        // The name is asked for (SNI) unless it is an address, and must be in the certificate either way.
        error_code no_address;
        asio::ip::make_address(url_.host, no_address);
        if (no_address)
            SSL_set_tlsext_host_name(stream_.native_handle(), url_.host.c_str());
        stream_.set_verify_callback(asio::ssl::host_name_verification(url_.host), error);
        if (!error)
            co_await stream_.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(use_task, error));
        co_return error;
    }
    void read_some(asio::mutable_buffer to, on_done done) override { stream_.async_read_some(to, std::move(done)); }
    void write(asio::const_buffer from, on_done done) override { asio::async_write(stream_, from, std::move(done)); }
    void close() noexcept override {
        error_code ignored;
        closed_ = true;
        resolver_.cancel();
        stream_.next_layer().close(ignored);
    }

private:
    asio::ssl::context& trusting(const std::string& ca_file) {
        context_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                             asio::ssl::context::no_tlsv1_1);
        context_.set_verify_mode(asio::ssl::verify_peer);
        if (const error_code error = trust(context_, ca_file))
            throw std::runtime_error("redis.ca_file: " + ca_file + ": " + error.message());
        return context_;
    }

    redis_url url_;
    bool closed_ = false;
    tcp_resolver resolver_;
    asio::ssl::context context_;
    asio::ssl::stream<tcp_socket> stream_;
};

}  // namespace

std::string ca_file_fault(const std::string& ca_file) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    const error_code error = trust(context, ca_file);
    return error ? error.message() : std::string();
}

std::shared_ptr<redis_stream> make_redis_stream(asio::io_context& io, const redis_url& url,
                                                const std::string& ca_file) {
    switch (url.by) {
        case redis_url::way::unix_socket:
            return std::make_shared<unix_stream>(io, url.host);
        case redis_url::way::tls:
            return std::make_shared<tls_stream>(io, url, ca_file);
        case redis_url::way::tcp:
            break;
    }
    return std::make_shared<tcp_stream>(io, url);
}

}  // namespace latchkey
