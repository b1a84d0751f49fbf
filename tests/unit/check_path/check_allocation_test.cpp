// The promise of the check path: from bytes read to bytes written, a check allocates nothing.
//
// The real server, table and authority on a real socket; only logins are left out. Allocations of the whole process
// are counted, so that no thread and no library can hide one.
#include "counted_malloc.hpp"
#include "http_server.hpp"
#include "make_access_policy.hpp"
#include "make_session_authority.hpp"
#include "make_token_authority.hpp"
#include "refresh_token.hpp"
#include "silent_domain.hpp"
#include "table_session_store.hpp"
#include "tokens.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace latchkey {
namespace {

int free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&where), size), 0);
    EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&where), &size), 0);
    ::close(fd);
    return ntohs(where.sin_port);
}

class client {
public:
    explicit client(int port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        where.sin_port = htons(static_cast<std::uint16_t>(port));
        EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
    }
    ~client() { ::close(fd_); }
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    // Sends the request, reads to the blank line (the answers have no body), gives the status. Allocates nothing.
    int ask(std::string_view request) {
        if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
            return -1;
        std::size_t have = 0;
        while (have < 4 || std::memcmp(answer_.data() + have - 4, "\r\n\r\n", 4) != 0) {
            const ssize_t n = ::recv(fd_, answer_.data() + have, answer_.size() - have, 0);
            if (n <= 0)
                return -1;
            have += static_cast<std::size_t>(n);
        }
        return (answer_[9] - '0') * 100 + (answer_[10] - '0') * 10 + (answer_[11] - '0');
    }

private:
    int fd_;
    std::array<char, 4096> answer_{};
};

class check_path : public ::testing::Test {
protected:
    check_path() {
        init_crypto();
        user someone;
        someone.id = random_public_id();
        someone.email = "someone@example.com";
        someone.groups = {"ops", "staff"};
        boost::asio::io_context io(1);
        auto open = [&]() -> task<void> {
            device nowhere;
            auto opened = co_await sessions_->open(make_profile(someone, false), false, std::move(nowhere));
            EXPECT_TRUE(opened);
            cookie_ = opened->token.reveal();
            token_ = tokens_->issue(opened->value)->text.reveal();
        };
        boost::asio::co_spawn(io, open(), boost::asio::detached);
        io.run();
        port_ = free_port();
        options_.server.listen = {"127.0.0.1:" + std::to_string(port_)};
        options_.server.io_threads = 1;
        options_.server.admin_listen = "off";
        // Rules of every kind, so that a check looks at all that it can look at.
        options_.access.rules = {
            {{"admin.example.com"}, {}, {}, {"admins"}, {}, "authenticated"},
            {{"*.internal.example.com"}, {}, {}, {}, {"192.0.2.0/24"}, "allow"},
            {{"api.example.com"}, {}, {}, {"staff"}, {}, "authenticated", true},
            {{}, {"/public/*"}, {"GET"}, {}, {}, "allow"},
            {{"app.example.com"}, {"/a", "~ ^/reports/[0-9]+$"}, {"GET", "POST"}, {"staff"}, {}, "authenticated"},
        };
        const http::domain domain{*sessions_, logins_, admins_, reloads_, ready_,       audit_,
                                  log_,       time_,   nullptr, nullptr,  tokens_.get()};
        server_ = std::make_unique<http::http_server>(options_, make_access_policy(options_.access), domain);
        server_->start();
    }

    std::string forwarded(std::string_view cookie, std::string_view uri,
                          std::string_view host = "app.example.com") const {
        return "POST /api/authz/forward-auth HTTP/1.1\r\nHost: latchkey\r\nX-Forwarded-Proto: "
               "https\r\nX-Forwarded-Host: " +
               std::string(host) + "\r\nX-Forwarded-Uri: " + std::string(uri) +
               "\r\nX-Forwarded-Method: GET\r\nX-Forwarded-For: 198.51.100.1, 203.0.113.7\r\nAccept: text/html\r\n"
               "Accept-Language: de, en;q=0.5\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: none\r\n"
               "Cookie: theme=dark; __Host-session=" +
               std::string(cookie) + "\r\n\r\n";
    }

    std::string request(std::string_view cookie) const {
        return request_with("Cookie: theme=dark; __Host-session=" + std::string(cookie));
    }
    static std::string request_with(const std::string& credential, const std::string& host = "app.example.com") {
        return "GET /api/authz/auth-request HTTP/1.1\r\nHost: latchkey\r\nX-Original-URL: https://" + host +
               "/a?b=c\r\nX-Original-Method: GET\r\nX-Forwarded-For: 203.0.113.7\r\nAccept: */*\r\n" + credential +
               "\r\n\r\n";
    }

    std::uint64_t allocations_during(std::string_view request, int expected_status, int rounds) {
        client c(port_);
        for (int i = 0; i < 500; ++i)
            EXPECT_EQ(c.ask(request), expected_status);
        int wrong = 0;
        latchkey::testing::count_allocations(true);
        for (int i = 0; i < rounds; ++i)
            wrong += c.ask(request) != expected_status;
        const auto made = latchkey::testing::allocations();
        latchkey::testing::count_allocations(false);
        EXPECT_EQ(wrong, 0);
        return made;
    }

    manual_clock time_;
    config options_;
    std::unique_ptr<session_store> store_ = make_memory_session_store(options_.session, time_);
    std::unique_ptr<session_authority> sessions_ = make_session_authority(*store_);
    testing::no_logins logins_;
    testing::no_audit audit_;
    testing::no_log token_log_;
    refresh_tokens refreshes_{secret(std::string(mac::key_size, 'k'))};
    std::unique_ptr<token_authority> tokens_ =
        make_token_authority({*store_, logins_, refreshes_, audit_, token_log_, time_},
                             {"https://auth.example.com",
                              "https://api.example.com",
                              seconds{300},
                              seconds{86'400},
                              seconds{30},
                              true,
                              false,
                              {}},
                             std::make_shared<const token_keys>(signing_key::generate(token_algorithm::ed25519)));
    testing::no_users admins_;
    testing::no_reloads reloads_;
    testing::always_ready ready_;
    testing::no_log log_;
    std::string cookie_, token_;
    int port_ = 0;
    std::unique_ptr<http::http_server> server_;
};

TEST_F(check_path, a_valid_cookie_allocates_nothing) {
    EXPECT_EQ(allocations_during(request(cookie_), 200, 10'000), 0U);
}

// Seen before: its signature is not computed again.
TEST_F(check_path, neither_does_an_access_token) {
    EXPECT_EQ(allocations_during(request_with("Authorization: Bearer " + token_), 200, 10'000), 0U);
    EXPECT_EQ(tokens_->stats().verified, 1U);
}

// Minted before: nothing is signed.
TEST_F(check_path, neither_does_a_token_for_the_upstream) {
    const auto question = request_with("Cookie: __Host-session=" + cookie_, "api.example.com");
    EXPECT_EQ(allocations_during(question, 200, 10'000), 0U);
    EXPECT_EQ(tokens_->stats().issued, 2U);  // with the one above
}

TEST_F(check_path, neither_does_a_wrong_one) {
    EXPECT_EQ(allocations_during(request(std::string(43, 'A')), 401, 10'000), 0U);
}

TEST_F(check_path, nor_does_any_other_endpoint) {
    const auto wrong = std::string(43, 'A');
    EXPECT_EQ(allocations_during(forwarded(cookie_, "/a"), 200, 5'000), 0U);
    EXPECT_EQ(allocations_during(forwarded(wrong, "/a"), 302, 5'000), 0U);
    EXPECT_EQ(allocations_during(forwarded(wrong, "/public/x?y"), 200, 5'000), 0U);
    auto forbidden = forwarded(cookie_, "/x", "admin.example.com");  // by a script: a person is shown a page
    forbidden.replace(forbidden.find("navigate"), 8, "cors");
    EXPECT_EQ(allocations_during(forbidden, 403, 5'000), 0U);
    EXPECT_EQ(allocations_during(forwarded(cookie_, "/reports/2026"), 200, 5'000), 0U)
        << "a regular expression decides";
    const std::string cookie = "X-Forwarded-Proto: https\r\nCookie: __Host-session=" + cookie_ + "\r\n\r\n";
    EXPECT_EQ(
        allocations_during("GET /api/authz/ext-authz/a?b HTTP/1.1\r\nHost: app.example.com\r\n" + cookie, 200, 5'000),
        0U);
    EXPECT_EQ(allocations_during("GET /oauth2/auth HTTP/1.1\r\nHost: x\r\n" + cookie, 202, 5'000), 0U);
}

// Names and paths that are not canonical cost time, but no memory either.
TEST_F(check_path, nor_does_an_odd_spelling) {
    EXPECT_EQ(allocations_during(forwarded(cookie_, "/%61//b;x=y%2Fc?d", "APP.Example.COM.:8443"), 200, 5'000), 0U);
}

TEST_F(check_path, the_counter_counts) {
    latchkey::testing::count_allocations(true);
    const auto something = std::make_unique<int>(1);
    EXPECT_GE(latchkey::testing::allocations(), 1U);
    latchkey::testing::count_allocations(false);
}

}  // namespace
}  // namespace latchkey
