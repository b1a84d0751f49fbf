#include "guarded_sites.hpp"

#include "expectations.hpp"

#include <gtest/gtest.h>

namespace latchkey::test {

server_setup guarded_sites() {
    server_setup setup;
    setup.config["server.public_url"] = "\"https://auth.example.com\"";
    setup.config["server.trusted_proxies"] = R"(["127.0.0.1/32", "198.51.100.0/24"])";
    setup.config["redirect.allowed_hosts"] = R"(["*.example.com"])";
    setup.config["access.default"] = "\"deny\"";
    setup.config["access.rules"] = R"([
        {domains = ["closed.example.com"], policy = "deny"},
        {domains = ["admin.example.com"], groups = ["admins"], policy = "authenticated"},
        {domains = ["office.example.com"], networks = ["192.0.2.0/24"], policy = "allow"},
        {domains = ["app.example.com"], paths = ["/public/*"], methods = ["GET", "HEAD"], policy = "allow"},
        {domains = ["*.example.com"], policy = "authenticated"},
    ])";
    return setup;
}

header_list forwarded(const std::string& host, const std::string& uri, const std::string& method, header_list more) {
    header_list out{{"X-Forwarded-Method", method},
                    {"X-Forwarded-Proto", "https"},
                    {"X-Forwarded-Host", host},
                    {"X-Forwarded-Uri", uri},
                    {"X-Forwarded-For", "203.0.113.7"}};
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

header_list as_browser(header_list headers) {
    headers.emplace_back("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    headers.emplace_back("Sec-Fetch-Mode", "navigate");
    headers.emplace_back("Sec-Fetch-Site", "none");
    return headers;
}

void expect_bare_refusal(const http_response& response, int status) {
    EXPECT_EQ(response.status, status);
    expect_common_headers(response);
    EXPECT_EQ(response["Content-Length"], "0");
    EXPECT_EQ(response.body, "");
    for (const char* name : {"Location", "Set-Cookie", "Content-Type", "Remote-User", "Remote-Email", "Remote-Name",
                             "Remote-Groups", "Remote-Session", "X-Auth-Request-User", "X-Auth-Request-Email"})
        EXPECT_EQ(response.count(name), 0U) << name;
}

void expect_nobody(const http_response& response) {
    for (const auto& name : identity_headers) {
        EXPECT_EQ(response.count(name), 1U) << name;
        EXPECT_EQ(response[name], "") << name;
    }
}

}  // namespace latchkey::test
