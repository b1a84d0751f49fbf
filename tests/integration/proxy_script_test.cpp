// F4, F6: HAProxy and Apache ask by a script of ours. However it fails, and whatever it is answered, nobody gets in by
// that.
#include "apache_process.hpp"
#include "canned_answer.hpp"
#include "free_port.hpp"
#include "haproxy_process.hpp"
#include "header_echo_upstream.hpp"

#include <gmock/gmock.h>

namespace latchkey::test {
namespace {

const std::string five =
    "Remote-User: u\r\nRemote-Email: e\r\nRemote-Name: \r\nRemote-Groups: \r\nRemote-Session: s\r\n";

struct scripted_proxy {
    std::string name;
    bool (*available)();
    std::unique_ptr<proxy_process> (*start)(const proxy_ports&, const substitutions&);
    // Lines of the script that are about to do something.
    std::vector<std::string> lines;
};

void PrintTo(const scripted_proxy& proxy, std::ostream* out) {
    *out << proxy.name;
}

class proxy_script : public testing::TestWithParam<scripted_proxy> {
protected:
    void SetUp() override {
        if (!GetParam().available())
            GTEST_SKIP() << "no " << GetParam().name << " here";
    }
    // The status of a request where Latchkey would answer so; and whether it reached the application.
    std::pair<int, bool> ask(const std::string& answer, const substitutions& changes = {}) const {
        const canned_answer latchkey(answer);
        header_echo_upstream app;
        const auto front = free_port();
        const auto proxy = GetParam().start({front, latchkey.port(), app.port()}, changes);
        auto client = proxy->connect();
        client.send("GET /private HTTP/1.1\r\nHost: " + loopback_address(front) + "\r\nCookie: a=b\r\n\r\n");
        const auto response = client.read_any_response();
        return {response ? response->status : 0, !app.seen().empty()};
    }
};

std::string ok(const std::string& fields) {
    return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 0\r\n\r\n";
}

TEST_P(proxy_script, an_error_in_it_is_a_refusal) {
    EXPECT_EQ(ask(ok(five)), std::pair(200, true));
    for (const auto& line : GetParam().lines) {
        const auto [status, reached] = ask(ok(five), {{line, "error(\"broken\") " + line}});
        EXPECT_GE(status, 500) << line;
        EXPECT_FALSE(reached) << line;
    }
}

TEST_P(proxy_script, only_an_answer_of_latchkey_is_a_permission) {
    for (const auto& answer :
         {std::string(), std::string("\r\n\r\n"), std::string("hello\r\n\r\n"), std::string("HTTP/1.1 200 OK\r\n"),
          "HTTP/1.1 200 OK\r\n" + five, ok(""), ok(five.substr(five.find("\r\n") + 2)),
          ok("Remote-User: root\r\n" + five), "HTTP/1.1 204 No Content\r\n" + five + "\r\n",
          "HTTP/1.1 201 Created\r\n" + five + "\r\n", "HTTP/1.1 500 No\r\n" + five + "Content-Length: 0\r\n\r\n",
          "HTTP/1.1 2000 OK\r\n" + five + "Content-Length: 0\r\n\r\n",
          "HTTP/1.1 301 Moved\r\nLocation: /\r\n" + five + "Content-Length: 0\r\n\r\n"}) {
        const auto [status, reached] = ask(answer);
        EXPECT_GE(status, 400) << answer;
        EXPECT_FALSE(reached) << answer;
    }
}

INSTANTIATE_TEST_SUITE_P(
    every, proxy_script,
    testing::Values(scripted_proxy{"haproxy",
                                   haproxy_kind().available,
                                   start_haproxy_with,
                                   {"local headers = txn.http", "local answer = core", "local status = answer",
                                    "txn.http:req_set_header(name", "local cookies = without", "local kept = {}",
                                    "txn:set_var(\"txn.latchkey\""}},
                    scripted_proxy{
                        "apache",
                        apache_kind().available,
                        start_apache_with,
                        {"local own_page =", "local claimed = {}", "local connection = (r.headers_in",
                         "local question = {", "connection = socket.tcp()", "local fields = {}", "local others = {}",
                         "r.headers_in[name] = value", "r.headers_in[\"Cookie\"] = without"}}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace latchkey::test
