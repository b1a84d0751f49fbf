// The device cookie's line, to the letter, and what is found of it in a request (requirement L7).
#include "device_cookie.hpp"

#include "request_gate.hpp"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

std::string set_line(const config& options) {
    std::string out;
    device_cookie(options).append_set(out, "token");
    return out;
}

TEST(device_cookie, has_the_strictest_form_that_https_allows) {
    config options;
    EXPECT_EQ(set_line(options),
              "Set-Cookie: __Host-device=token; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000\r\n");
    options.cookie.domain = "example.com";
    options.cookie.same_site = "Strict";
    options.throttle.device_memory = seconds{60};
    EXPECT_EQ(set_line(options),
              "Set-Cookie: __Host-device=token; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60\r\n");
    options.cookie.secure = false;
    EXPECT_EQ(set_line(options), "Set-Cookie: device=token; Path=/; HttpOnly; SameSite=Lax; Max-Age=60\r\n");
}

presented_cookies found_in(const std::string& fields) {
    const config options;
    const gate_options gate{options.limits, options.cookie_name()};
    const std::string block = "POST /login HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
    request_head head;
    EXPECT_FALSE(pass_gate(block, gate, head)) << fields;
    auto found = device_cookie(options).in(head);
    for (auto& value : found.values)  // they view into the block, which goes
        value = value == "abc" ? "abc" : value.empty() ? "" : "other";
    return found;
}

TEST(device_cookie, is_found_wherever_it_stands) {
    for (const char* fields :
         {"Cookie: __Host-device=abc\r\n", "cookie:__Host-device=abc\r\n", "COOKIE: \t __Host-device=abc  \r\n",
          "Cookie: a=b; __Host-device=abc; __Host-session=x\r\n", "Cookie: a=b;__Host-device=abc\r\n",
          "Cookie: a=b\r\nX: y\r\nCookie: c=d\r\nCookie: e\r\nCookie: f\r\nCookie: g\r\nCookie: __Host-device=abc\r\n",
          "Cookie: __Host-device=abc; __Host-device=abc\r\nCookie: __Host-device=abc\r\n"}) {
        const auto found = found_in(fields);
        EXPECT_EQ(found.count, 1) << fields;
        EXPECT_EQ(found.only(), "abc") << fields;
    }
}

TEST(device_cookie, is_not_found_elsewhere) {
    for (const char* fields : {"", "Cookie: a=b\r\n", "Cookie: __Host-device\r\n", "Cookie: __host-device=abc\r\n",
                               "Cookie: x__Host-device=abc\r\n", "Cookie2: __Host-device=abc\r\n",
                               "X-Cookie: __Host-device=abc\r\n", "X: Cookie: __Host-device=abc\r\n",
                               "Cookie: a=\"b, __Host-device=abc\"\r\n", "Cookie:\r\n", "Cookie: ;;;=;\r\n"})
        EXPECT_EQ(found_in(fields).count, 0) << fields;
}

// Two different ones are nobody's, and no error.
TEST(device_cookie, is_ambiguous_with_two_values) {
    const auto found = found_in("Cookie: __Host-device=abc; __Host-device=def\r\n");
    EXPECT_EQ(found.count, 2);
    EXPECT_EQ(found.only(), "");
    const auto many = found_in(
        "Cookie: __Host-device=1; __Host-device=2; __Host-device=3\r\n"
        "Cookie: __Host-device=4; __Host-device=5; __Host-device=6\r\n");
    EXPECT_GE(many.count, 5);
    EXPECT_EQ(many.only(), "");
}

}  // namespace
}  // namespace latchkey::http
