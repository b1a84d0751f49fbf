// A Beast server as its examples show it: tcp_stream with a deadline for each step, parser and message with a
// string_body, always the same answer.
//
//   peer_beast PORT THREADS BYTES      an answer of so many bytes
//
// One io_context for each thread, which accepts for itself: what its examples do with strands would cost more.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr std::size_t fixed_part = sizeof("HTTP/1.1 200 OK\r\nX-Padding: \r\nContent-Length: 0\r\n\r\n") - 1;

asio::awaitable<void> serve(beast::tcp_stream stream, const std::string& padding) try {
    beast::flat_buffer buffer;
    for (;;) {
        stream.expires_after(std::chrono::seconds(30));
        http::request<http::string_body> request;
        co_await http::async_read(stream, buffer, request, asio::use_awaitable);
        http::response<http::string_body> response(http::status::ok, request.version());
        response.set("X-Padding", padding);
        response.keep_alive(request.keep_alive());
        response.prepare_payload();
        co_await http::async_write(stream, response, asio::use_awaitable);
        if (!response.keep_alive())
            break;
    }
} catch (const boost::system::system_error&) {
    // the client went
}

asio::awaitable<void> accept_all(tcp::acceptor acceptor, const std::string& padding) {
    for (;;) {
        beast::tcp_stream stream(co_await acceptor.async_accept(asio::use_awaitable));
        stream.socket().set_option(tcp::no_delay(true));
        asio::co_spawn(acceptor.get_executor(), serve(std::move(stream), padding), asio::detached);
    }
}

void run(std::uint16_t port, const std::string& padding) {
    asio::io_context io(1);
    tcp::acceptor acceptor(io, tcp::v4());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.set_option(reuse_port(true));
    acceptor.bind({asio::ip::address_v4::loopback(), port});
    acceptor.listen();
    asio::co_spawn(io, accept_all(std::move(acceptor), padding), asio::detached);
    io.run();
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 4)
        throw std::runtime_error("usage: peer_beast PORT THREADS BYTES");
    const auto port = static_cast<std::uint16_t>(std::stoul(argv[1]));
    const std::size_t bytes = std::stoul(argv[3]);
    const std::string padding(bytes > fixed_part ? bytes - fixed_part : 0, 'x');
    std::vector<std::jthread> threads;
    for (unsigned long i = 0; i < std::stoul(argv[2]); ++i)
        threads.emplace_back([&] { run(port, padding); });
} catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
}
