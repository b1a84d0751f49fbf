// What a test asks the admin listener: over the Unix socket beside the database, where the defaults put it.
#pragma once

#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace latchkey::test {

inline std::string admin_socket(const latchkey_server& server) {
    return server.directory() / "latchkey.db-admin";
}

inline http_response ask_admin(const latchkey_server& server, const http_request& request) {
    return raw_client::unix_socket(admin_socket(server)).ask(request);
}

// `body`: "" for none.
inline http_response ask_admin(const latchkey_server& server, std::string method, std::string target,
                               std::string body = {}) {
    http_request request{std::move(method), std::move(target), {}, std::move(body)};
    if (!request.body.empty())
        request.headers.emplace_back("Content-Type", "application/json");
    return ask_admin(server, request);
}

// The user object that the list gives for that address. Fails the test when there is none.
inline nlohmann::json find_user(const latchkey_server& server, const std::string& email) {
    const auto found = json_of(ask_admin(server, "GET", "/admin/users?email=" + percent_encode(email)))
                           .value("users", nlohmann::json());
    EXPECT_EQ(found.size(), 1U) << email;
    return found.empty() ? nlohmann::json::object() : found[0];
}

inline std::string path_of(const latchkey_server& server, const test_user& user) {
    return "/admin/users/" + find_user(server, user.email).value("id", "");
}

}  // namespace latchkey::test
