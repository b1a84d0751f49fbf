// The tests' own tools can say no: a check that never fails proves nothing.
#include "cookie_jar.hpp"
#include "raw_client.hpp"
#include "torture.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <csignal>

namespace latchkey::test {
namespace {

http_response setting(const std::string& cookie_field) {
    return parse_response_head("HTTP/1.1 200 OK\r\nSet-Cookie: " + cookie_field + "\r\n\r\n");
}

TEST(cookie_jar, drops_what_a_browser_drops) {
    for (const char* field :
         {"__Host-session=a; Path=/", "__Host-session=a; Secure", "__Host-session=a; Path=/x; Secure",
          "__Host-session=a; Path=/; Secure; Domain=example.com", "__Secure-session=a; Path=/",
          "__host-session=a; Path=/", "session", "=a", "session=a b", "session=\"a\"", "session=a; Secure; Secure",
          "session=a;; Secure", "session=a; SameSite=None"}) {
        cookie_jar jar("https://auth.example.com");
        EXPECT_THROW(jar.take(setting(field)), std::runtime_error) << field;
        EXPECT_TRUE(jar.empty());
    }
    cookie_jar plain("http://auth.example.com");
    EXPECT_THROW(plain.take(setting("__Host-session=a; Path=/; Secure")), std::runtime_error);
    cookie_jar loopback("http://127.0.0.1:9080");
    loopback.take(setting("__Host-session=a; Path=/; Secure; HttpOnly; SameSite=Lax"));
    EXPECT_EQ(loopback.header(), "__Host-session=a");
    loopback.take(setting("__Host-session=; Path=/; Secure; Max-Age=0"));
    EXPECT_TRUE(loopback.empty());
}

TEST(response_parser, refuses_what_no_server_may_send) {
    for (const std::string head :
         {"", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\n", "HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n",
          "HTTP/1.1 200\r\n\r\n", "HTTP/1.1 20x OK\r\n\r\n", "HTTP/1.1 600 X\r\n\r\n", "HTTP/1.1 200 OK\r\nX\r\n\r\n",
          "HTTP/1.1 200 OK\r\n: x\r\n\r\n", "HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n",
          "HTTP/1.1 200 OK\r\nX: y\nZ: z\r\n\r\n", "HTTP/1.1 200 OK\r\nX: y\rZ: z\r\n\r\n",
          "HTTP/1.1 200 O\x01K\r\n\r\n"})
        EXPECT_THROW(parse_response_head(head), std::runtime_error) << head;
    const auto good = parse_response_head("HTTP/1.1 200 OK\r\nX: y\r\nx: z\r\nEmpty:\r\n\r\n");
    EXPECT_EQ(good.all("X"), (std::vector<std::string>{"y", "z"}));
    EXPECT_THROW(good.header("x"), std::runtime_error);
    EXPECT_EQ(good.header("empty"), "");
    EXPECT_EQ(good.header("other"), std::nullopt);
}

// How many failures a torture case is worth against a server that behaves.
int failures_of(const latchkey_server& server, const torture_case& one) {
    testing::TestPartResultArray found;
    {
        const testing::ScopedFakeTestPartResultReporter catcher(
            testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &found);
        torture(server, {one});
    }
    return found.size();
}

TEST(torture_runner, sees_wrong_statuses_and_connections_that_go_on) {
    latchkey_server server;
    const auto good = plain_get("");
    EXPECT_EQ(failures_of(server, {"as it is", good, {200}, after::stays_open}), 0);
    EXPECT_GT(failures_of(server, {"another status", good, {400}, after::stays_open}), 0);
    // The smuggled request is answered here: exactly what must be seen.
    EXPECT_GT(failures_of(server, {"goes on", good, {200}, after::closes}), 0);
    EXPECT_GT(failures_of(server, {"closes", plain_get("Connection: close\r\n"), {200}, after::stays_open}), 0);
}

// A server that exits with another code, or dies, fails the test that ran it.
TEST(server_fixture, tells_of_a_bad_end) {
    testing::TestPartResultArray found;
    {
        const testing::ScopedFakeTestPartResultReporter catcher(
            testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &found);
        latchkey_server server;
        server.process().send_signal(SIGKILL);
    }
    EXPECT_EQ(found.size(), 1);
}

}  // namespace
}  // namespace latchkey::test
