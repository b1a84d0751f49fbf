// F4: nginx fetches the page for people whom a rule refuses by a request of its own. Whatever comes of that one, a
// refusal stays a refusal (CVE-2026-24513 was an error page that turned one into a permission).
#include "canned_answer.hpp"
#include "free_port.hpp"
#include "header_echo_upstream.hpp"
#include "nginx_process.hpp"

#include <gmock/gmock.h>

namespace latchkey::test {
namespace {

using testing::HasSubstr;

const std::string no = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";

class nginx_refusal : public testing::Test {
protected:
    void SetUp() override {
        if (!nginx_kind().available())
            GTEST_SKIP() << "no nginx here";
    }
    // The sample, where Latchkey says no to everything, and the page comes from `port`.
    void expect_403_with_page_from(std::uint16_t port, const std::string& body) {
        const canned_answer latchkey(no);
        header_echo_upstream app;
        const auto front = free_port();
        const auto proxy = start_nginx({front, latchkey.port(), app.port()}, refused_page_from(port));
        for (const std::string method : {"GET", "POST", "HEAD"}) {
            auto client = proxy->connect();
            client.send(method + " /private HTTP/1.1\r\nHost: " + loopback_address(front) +
                        "\r\nAccept: text/html\r\nContent-Length: 0\r\n\r\n");
            const auto response = client.read_any_response(method == "HEAD");
            ASSERT_TRUE(response) << method;
            EXPECT_EQ(response->status, 403) << method;
            if (method != "HEAD") {
                EXPECT_THAT(response->body, HasSubstr(body)) << method;
            }
        }
        EXPECT_TRUE(app.seen().empty());
    }
    void expect_403(const std::string& answer, const std::string& body = {}) {
        SCOPED_TRACE(answer);
        const canned_answer page(answer);
        expect_403_with_page_from(page.port(), body);
    }
};

TEST_F(nginx_refusal, stays_one_whatever_the_page_is) {
    expect_403("HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\npage", "page");
    expect_403("HTTP/1.1 200 OK\r\nRemote-User: root\r\nContent-Length: 4\r\n\r\npage", "page");
    for (const std::string status :
         {"204 No Content", "302 Found\r\nLocation: /public", "401 Unauthorized",
          "403 No\r\nX-Accel-Redirect: /private", "404 Not Found", "500 Oops", "503 Service Unavailable"})
        expect_403("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(nginx_refusal, stays_one_without_a_page) {
    expect_403("", "403 Forbidden");  // a Latchkey that dies between the two questions
    expect_403("HTTP/1.1 403 Forb", "403 Forbidden");
    expect_403_with_page_from(free_port(), "403 Forbidden");
}

}  // namespace
}  // namespace latchkey::test
