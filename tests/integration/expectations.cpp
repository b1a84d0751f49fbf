#include "expectations.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace latchkey::test {

void expect_common_headers(const http_response& response) {
    EXPECT_EQ(response["Cache-Control"], "no-store");
    EXPECT_EQ(response["X-Content-Type-Options"], "nosniff");
    EXPECT_EQ(response.count("X-Request-Id"), 1U);
    EXPECT_FALSE(response["X-Request-Id"].empty());
    EXPECT_EQ(response["Date"].size(), 29U) << response["Date"];
    EXPECT_EQ(response.count("Server"), 0U) << "a banner";
    EXPECT_EQ(response.count("X-Powered-By"), 0U) << "a banner";
    EXPECT_EQ(response.count("Transfer-Encoding"), 0U);
    EXPECT_LE(response.count("Content-Length"), 1U);
}

void expect_problem(const http_response& response, int status, std::string_view code) {
    EXPECT_EQ(response.status, status) << response.body;
    expect_common_headers(response);
    EXPECT_EQ(response["Content-Type"], "application/problem+json");
    const auto content = json_of(response);
    EXPECT_EQ(content.value("status", 0), response.status);
    EXPECT_EQ(content.value("code", ""), code);
    EXPECT_FALSE(content.value("title", "").empty());
    EXPECT_EQ(content.value("request_id", ""), response["X-Request-Id"]);
}

nlohmann::json json_of(const http_response& response) {
    auto value = nlohmann::json::parse(response.body, nullptr, false);
    if (value.is_discarded())
        throw std::runtime_error("not JSON, in a response of status " + std::to_string(response.status) + ": " +
                                 response.body.substr(0, 500));
    return value;
}

header_list comparable_headers(const http_response& response) {
    header_list out;
    std::copy_if(response.headers.begin(), response.headers.end(), std::back_inserter(out),
                 [](const auto& h) { return !iequals(h.first, "Date") && !iequals(h.first, "X-Request-Id"); });
    return out;
}

std::string comparable_body(const http_response& response) {
    auto content = json_of(response);
    content.erase("request_id");
    return content.dump();
}

}  // namespace latchkey::test
