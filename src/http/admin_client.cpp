#include "admin_client.hpp"

#include "unix_address.hpp"

#include <latchkey/async.hpp>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <cerrno>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include <netdb.h>

namespace latchkey::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using protocol = asio::generic::stream_protocol;
using client_socket = asio::basic_stream_socket<protocol, executor>;
using request = beast::http::request<beast::http::span_body<const char>>;

constexpr std::uint64_t largest_answer = 64 * 1024 * 1024;  // a thousand users with all that users can have: 6 MiB

void give_up(admin_reply& reply, const error_code& error) {
    reply.reason = error.message();
    switch (error.value()) {
        case ENOENT:
        case ECONNREFUSED:
            reply.outcome = admin_outcome::nobody_listens;
            return;
        case EACCES:
        case EPERM:
            reply.outcome = admin_outcome::no_permission;
            return;
        default:
            reply.outcome = admin_outcome::failed;
    }
}

// Where to knock, in order of preference. Empty with the reason in `reply`.
std::vector<protocol::endpoint> resolve(const std::string& address, admin_reply& reply) {
    std::vector<protocol::endpoint> out;
    const auto colon = address.rfind(':');
    if (colon == std::string::npos) {
        reply.reason = "no port in the address";
        return out;
    }
    std::string host = address.substr(0, colon);
    if (host.size() > 1 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (const int code = ::getaddrinfo(host.c_str(), address.c_str() + colon + 1, &hints, &found)) {
        reply.reason = ::gai_strerror(code);
        return out;
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
    for (const addrinfo* one = found; one; one = one->ai_next)
        out.emplace_back(one->ai_addr, one->ai_addrlen);
    return out;
}

// The server may answer, and close, before it has read everything: what counts is whether an answer comes.
task<void> converse(client_socket& socket, const request& what, admin_reply& reply) {
    error_code error;
    co_await beast::http::async_write(socket, what, asio::redirect_error(use_task, error));
    beast::flat_buffer buffer;
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(largest_answer);
    co_await beast::http::async_read(socket, buffer, parser, asio::redirect_error(use_task, error));
    if (error) {
        reply.outcome = admin_outcome::failed;
        reply.reason = error == beast::http::error::end_of_stream ? "the server closed the connection without an answer"
                                                                  : error.message();
        co_return;
    }
    reply.outcome = admin_outcome::answered;
    reply.reason.clear();
    reply.status = parser.get().result_int();
    reply.body = std::move(parser.get().body());
}

task<void> knock(const std::vector<protocol::endpoint>& doors, const request& what, admin_reply& reply) {
    executor here = co_await asio::this_coro::executor;
    for (const auto& door : doors) {
        client_socket socket(here);
        error_code error;
        co_await socket.async_connect(door, asio::redirect_error(use_task, error));
        if (!error) {
            co_await converse(socket, what, reply);
            co_return;
        }
        give_up(reply, error);
    }
}

request make_request(std::string_view method, std::string_view target, std::string_view text, const secret& token) {
    request what;
    what.version(11);
    what.method_string({method.data(), method.size()});
    what.target({target.data(), target.size()});
    what.set(beast::http::field::host, "localhost");
    what.set(beast::http::field::connection, "close");
    if (!token.empty())
        what.set(beast::http::field::authorization, "Bearer " + std::string(token.reveal()));
    if (!text.empty())
        what.set(beast::http::field::content_type, "application/json");
    what.body() = {text.data(), text.size()};
    what.prepare_payload();
    return what;
}

}  // namespace

admin_client::admin_client(std::string address, secret token, milliseconds patience)
    : address_(std::move(address)), token_(std::move(token)), patience_(patience) {
}

admin_reply admin_client::ask(std::string_view method, std::string_view target, std::string_view json) const {
    admin_reply reply;
    if (address_.empty()) {
        reply.outcome = admin_outcome::nobody_listens;
        reply.reason = "no admin listener is configured";
        return reply;
    }
    const bool unix_socket = address_.starts_with("unix:");
    const auto where = unix_socket ? unix_address::make(address_.substr(5)) : result<unix_address>(errc::not_found);
    std::vector<protocol::endpoint> doors;
    if (!unix_socket)
        doors = resolve(address_, reply);
    else if (where)
        doors.emplace_back(where->data(), where->size());
    else
        give_up(reply, where.error());
    if (doors.empty())
        return reply;

    const request what = make_request(method, target, json, token_);
    bool done = false;
    // Declared last: what is left of the conversation when time is up goes before all that it refers to.
    asio::io_context io(1);
    auto ended = [&](std::exception_ptr bug) {
        done = true;
        if (bug)
            std::rethrow_exception(bug);
    };
    asio::co_spawn(io, knock(doors, what, reply), ended);
    io.run_for(patience_);
    if (!done) {
        reply = admin_reply{};
        reply.reason = "no answer within " + std::to_string(patience_.count() / 1000) + " s";
    }
    return reply;
}

}  // namespace latchkey::http
