// What calls itself Redis: says to each command what the test wants, or nothing, on a port of its own.
#pragma once

#include "free_port.hpp"
#include "redis_reply.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace latchkey::testing {

class fake_redis {
public:
    using words = std::vector<std::string>;
    // Called on its thread. The bytes to answer with; empty: none.
    using answers = std::function<std::string(const words&)>;

    explicit fake_redis(answers say) : say_(std::move(say)) {
        boost::asio::co_spawn(io_, accept(), boost::asio::detached);
        thread_ = std::thread([this] { io_.run(); });
    }
    ~fake_redis() {
        io_.stop();
        thread_.join();
    }
    fake_redis(const fake_redis&) = delete;
    fake_redis& operator=(const fake_redis&) = delete;

    std::string url() const { return "redis://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }

    static std::string text(const std::string& value) {
        return '$' + std::to_string(value.size()) + "\r\n" + value + "\r\n";
    }
    // A server in order, which answers INFO and says OK to the rest of the greeting, and to what follows what `then`
    // says.
    static answers that_greets(answers then, const std::string& info = "redis_version:7.2.4\r\nrole:master\r\n") {
        return [then = std::move(then), info](const words& command) -> std::string {
            if (command.front() == "INFO")
                return text(info);
            if (command.front() == "CLIENT" || command.front() == "AUTH" || command.front() == "SELECT")
                return "+OK\r\n";
            return then(command);
        };
    }

private:
    using tcp = boost::asio::ip::tcp;

    boost::asio::awaitable<void> accept() {
        for (;;) {
            tcp::socket accepted = co_await acceptor_.async_accept(boost::asio::use_awaitable);
            auto socket = std::make_shared<tcp::socket>(std::move(accepted));
            boost::asio::co_spawn(io_, talk(std::move(socket)), boost::asio::detached);
        }
    }
    boost::asio::awaitable<void> talk(std::shared_ptr<tcp::socket> socket) {
        redis_reader reader;
        std::string bytes(64 * 1024, '\0');
        for (;;) {
            const auto size = co_await socket->async_read_some(boost::asio::buffer(bytes), boost::asio::use_awaitable);
            bool broken = !reader.feed(std::string_view(bytes).substr(0, size));
            while (!broken) {
                const auto command = reader.next(broken);
                if (!command)
                    break;
                words said;
                for (const auto& word : command->items)
                    said.push_back(word.text);
                const std::string answer = say_(said);
                co_await boost::asio::async_write(*socket, boost::asio::buffer(answer), boost::asio::use_awaitable);
            }
        }
    }

    answers say_;
    boost::asio::io_context io_{1};
    tcp::acceptor acceptor_{io_, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), test::free_port())};
    std::thread thread_;
};

}  // namespace latchkey::testing
