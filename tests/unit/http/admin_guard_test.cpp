#include "admin_guard.hpp"

#include "request_gate.hpp"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::http {
namespace {

const std::string token = "0123456789abcdef0123456789abcdef";

// Through the gate, so that it is seen to keep the field.
bool admits(const admin_guard& guard, const std::string& fields) {
    const std::string block = "GET /admin/users HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
    const gate_options options{limit_options{}, "session"};
    request_head head;
    EXPECT_FALSE(pass_gate(block, options, head));
    return guard.admits(head);
}

// S4
TEST(admin_guard, admits_the_token_alone) {
    const admin_guard guard{secret(token)};
    EXPECT_TRUE(admits(guard, "Authorization: Bearer " + token + "\r\n"));
    EXPECT_TRUE(admits(guard, "AUTHORIZATION: bearer  " + token + " \r\n"));

    EXPECT_FALSE(admits(guard, ""));
    EXPECT_FALSE(admits(guard, "Authorization: \r\n"));
    EXPECT_FALSE(admits(guard, "Authorization: Bearer\r\n"));
    EXPECT_FALSE(admits(guard, "Authorization: Bearer \r\n"));
    EXPECT_FALSE(admits(guard, "Authorization: " + token + "\r\n"));
    EXPECT_FALSE(admits(guard, "Authorization: Basic " + token + "\r\n"));
    EXPECT_FALSE(admits(guard, "Authorization: Bearer" + token + "\r\n"));
    EXPECT_FALSE(admits(guard, "Authorization: Bearer x" + token + "\r\n"));
    EXPECT_FALSE(admits(guard, "Authorization: Bearer " + token + "x\r\n"));
    EXPECT_FALSE(admits(guard, "Authorization: Bearer " + token.substr(1) + "\r\n"));
    EXPECT_FALSE(admits(guard, "Authorization: Bearer " + token + ", Bearer " + token + "\r\n"));
    EXPECT_FALSE(admits(guard, "X-Authorization: Bearer " + token + "\r\n"));
    std::string nearly = token;
    nearly.back() = 'e';
    EXPECT_FALSE(admits(guard, "Authorization: Bearer " + nearly + "\r\n"));
}

TEST(admin_guard, is_not_told_twice) {
    const admin_guard guard{secret(token)};
    const std::string field = "Authorization: Bearer " + token + "\r\n";
    EXPECT_FALSE(admits(guard, field + field));
    EXPECT_FALSE(admits(guard, "Authorization: Bearer x\r\n" + field));
}

TEST(admin_guard, without_a_token_admits_everybody) {
    EXPECT_TRUE(admits(admin_guard{}, ""));
    EXPECT_TRUE(admits(admin_guard{secret()}, "Authorization: Bearer x\r\n"));
}

}  // namespace
}  // namespace latchkey::http
