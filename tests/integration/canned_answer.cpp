#include "canned_answer.hpp"

#include "free_port.hpp"

#include <gtest/gtest.h>

#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace latchkey::test {

canned_answer::canned_answer(std::string answer)
    : answer_(std::move(answer)), port_(free_port()), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_.get(), 16), 0);
    thread_ = std::thread([this] { run(); });
}

canned_answer::~canned_answer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
}

void canned_answer::run() const {
    for (;;) {
        const unique_fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client)
            return;
        std::string question;
        std::array<char, 8192> chunk;
        while (question.find("\r\n\r\n") == std::string::npos) {
            const auto n = ::recv(client.get(), chunk.data(), chunk.size(), 0);
            if (n <= 0)
                break;
            question.append(chunk.data(), static_cast<std::size_t>(n));
        }
        ::send(client.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
    }
}

}  // namespace latchkey::test
