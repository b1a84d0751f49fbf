// Guesses from here and there, in as few words as a test wants to spend on them.
//
// The tests' server trusts the loopback: X-Forwarded-For says where a request comes from.
#pragma once

#include "account.hpp"
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace latchkey::test {

// `budgets`: "per_pair" to "3/1h" and the like; the others are out of the way.
inline server_setup throttled(const std::map<std::string, std::string>& budgets) {
    server_setup setup;
    for (const auto& [key, value] : budgets)
        setup.config["throttle." + key] = '"' + value + '"';
    return setup;
}

struct visitor {
    std::string address;
    std::string device;  // the cookie's value; "": none

    header_list headers(header_list more = {}) const {
        more.emplace_back("X-Forwarded-For", address);
        if (!device.empty())
            more.emplace_back("Cookie", std::string(device_cookie) + '=' + device);
        return more;
    }
};

inline http_request guess(const visitor& who, const std::string& email, const std::string& password) {
    return post_json("/login", nlohmann::json{{"email", email}, {"password", password}}.dump(), who.headers());
}
inline http_request form_guess(const visitor& who, const std::string& email, const std::string& password) {
    return post_form("/login", {{"email", email}, {"password", password}}, who.headers());
}

// Fails to log in so many times, each judged.
inline void fail(const latchkey_server& server, const visitor& who, const std::string& email, int times) {
    for (int i = 0; i < times; ++i)
        EXPECT_EQ(server.ask(guess(who, email, "wrong-" + std::to_string(i))).status, 401) << i << ' ' << email;
}

inline void expect_throttled(const http_response& response, const char* why = "") {
    SCOPED_TRACE(why);
    expect_problem(response, 429, "too_many_attempts");
    EXPECT_GT(std::stoi("0" + response["Retry-After"]), 0);
    EXPECT_EQ(response.count("Set-Cookie"), 0U);
}

}  // namespace latchkey::test
