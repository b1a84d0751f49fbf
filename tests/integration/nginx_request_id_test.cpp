// Latchkey names a request, and nginx hands that name on to who comes after it; a client's own reaches nobody.
#include "canned_answer.hpp"
#include "free_port.hpp"
#include "header_echo_upstream.hpp"
#include "nginx_process.hpp"
#include "proxied_site.hpp"

#include <gtest/gtest.h>

namespace latchkey::test {
namespace {

class nginx_request_id : public testing::Test {
protected:
    void SetUp() override {
        if (!nginx_kind().available())
            GTEST_SKIP() << "no nginx here";
    }
    // The sample between `latchkey` and the application; who is refused gets a page from `pages`.
    int ask(std::uint16_t latchkey) {
        const auto front = free_port();
        const auto proxy = start_nginx({front, latchkey, app_.port()}, refused_page_from(pages_.port()));
        auto client = proxy->connect();
        client.send("GET /private HTTP/1.1\r\nHost: " + loopback_address(front) +
                    "\r\nX-Request-Id: forged\r\nAccept: text/html\r\n\r\n");
        const auto response = client.read_any_response();
        return response ? response->status : 0;
    }
    static std::vector<std::string> told_to(const header_echo_upstream& whom) {
        const auto seen = whom.seen();
        return seen.size() == 1 ? fields_of(seen[0], "X-Request-Id") : std::vector<std::string>{"asked not once"};
    }

    header_echo_upstream app_, pages_;
};

TEST_F(nginx_request_id, reaches_the_application) {
    const canned_answer latchkey("HTTP/1.1 200 OK\r\nX-Request-Id: told\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(ask(latchkey.port()), 200);
    EXPECT_EQ(told_to(app_), std::vector<std::string>{"told"});
}

TEST_F(nginx_request_id, of_a_refusal_is_its_pages_too) {
    const canned_answer latchkey("HTTP/1.1 403 Forbidden\r\nX-Request-Id: told\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(ask(latchkey.port()), 403);
    EXPECT_EQ(told_to(pages_), std::vector<std::string>{"told"});
}

TEST_F(nginx_request_id, of_a_client_reaches_nobody) {
    const header_echo_upstream latchkey;  // lets everybody in, and names nothing
    EXPECT_EQ(ask(latchkey.port()), 200);
    EXPECT_EQ(told_to(latchkey), std::vector<std::string>{});
    EXPECT_EQ(told_to(app_), std::vector<std::string>{});
}

}  // namespace
}  // namespace latchkey::test
