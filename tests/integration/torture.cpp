#include "torture.hpp"

#include "expectations.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace latchkey::test {
namespace {

void expect_answer_shape(const http_response& response, const torture_case& one) {
    expect_common_headers(response);
    if (response.status < 400)
        return;
    if (one.bytes.starts_with("HEAD "))
        EXPECT_EQ(response.body, "");
    else if (!one.bytes.starts_with("GET /api/authz"))
        expect_problem(response, response.status, json_of(response).value("code", ""));
}

void run(const latchkey_server& server, const torture_case& one) {
    auto client = server.connect();
    const bool is_head = one.bytes.starts_with("HEAD ");
    client.send(one.bytes);
    if (one.then == after::closes)
        client.send(smuggled);
    const auto response = client.read_response(is_head);
    EXPECT_THAT(one.statuses, testing::Contains(response.status)) << response.body;
    expect_answer_shape(response, one);

    const bool says_close = iequals(response["Connection"], "close");
    if (one.then == after::closes || (one.then == after::either && says_close)) {
        EXPECT_TRUE(says_close) << "it closes without saying so";
        EXPECT_EQ(client.read_to_end(deadline(std::chrono::seconds(5))), "")
            << "something was answered after the connection's last request";
        EXPECT_FALSE(client.was_reset()) << "a reset can take the answer away from a client that is further away";
        return;
    }
    EXPECT_FALSE(says_close);
    EXPECT_EQ(client.ask(get("/health/alive")).status, 200) << "the connection does not go on";
}

}  // namespace

void torture(const latchkey_server& server, const std::vector<torture_case>& cases) {
    for (const auto& one : cases) {
        SCOPED_TRACE(one.name);
        try {
            run(server, one);
        } catch (const std::exception& error) {
            ADD_FAILURE() << error.what();
        }
    }
    EXPECT_EQ(server.ask(get("/health/ready")).status, 200) << "the server did not survive";
    testing::Test::RecordProperty("requests", static_cast<int>(cases.size()));
}

std::string plain_get(std::string_view lines, std::string_view target) {
    std::string out = "GET ";
    out.append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n").append(lines).append("\r\n");
    return out;
}

std::string login_post(std::string_view lines, std::string_view body) {
    std::string out = "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
    out.append(lines).append("\r\n").append(body);
    return out;
}

void torture_test::SetUpTestSuite() {
    server_setup setup;
    setup.config["limits.header_bytes"] = std::to_string(header_bytes);
    setup.config["limits.header_fields"] = std::to_string(header_fields);
    setup.config["limits.target_bytes"] = std::to_string(target_bytes);
    setup.config["limits.body_bytes"] = std::to_string(body_bytes);
    server_ = std::make_unique<latchkey_server>(setup);
}

}  // namespace latchkey::test
