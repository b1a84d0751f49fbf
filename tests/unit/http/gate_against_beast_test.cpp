// H1 to H5: whatever the gate lets through, Beast's parser reads the same way, and header_scanner has found the end of
// in the same place. Good heads are spoilt in places chosen by a generator with a fixed seed; fuzz_request_gate goes on
// from there.
#include "beast_reading.hpp"
#include "header_scanner.hpp"
#include "request_gate.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace latchkey::http {
namespace {

const gate_options options{limit_options{}, "__Host-session"};

const std::string good[] = {
    "GET /api/authz/auth-request HTTP/1.1\r\nHost: auth.example.com\r\nCookie: a=b; __Host-session=abc\r\n"
    "X-Original-URL: https://app.example.com/a?b=c\r\nX-Original-Method: GET\r\n\r\n",
    "POST /login HTTP/1.1\r\nhost:a:8080\r\nContent-Type: application/json \r\nContent-Length: 012\r\n"
    "Connection: keep-alive, close\r\nOrigin:\t https://a\t \r\n\r\n",
    "GET http://b.example/x?y HTTP/1.0\r\nConnection: Keep-Alive\r\nAuthorization: Bearer a.b.c\r\n"
    "X-Request-Id: 1\r\nX-Request-Id: 2\r\nX-Forwarded-Host: c\r\nX-Forwarded-Uri: /d\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\nTransfer-Encoding: chunked\r\nX-Empty:\r\n\r\n",
};

const std::string_view odd[] = {" ", "\t", ":",     ",",       "\r\n", "\r\n ", "\x80",    "\xff", "/",
                                "?", "#",  "\\",    "\"",      "=",    "\x7f",  "HTTP/",   "1.0",  "0",
                                "-", "(",  "close", "chunked", "\r",   "\n",    "\r\n\r\n"};

std::string spoil(std::string text, std::mt19937& random) {
    const auto below = [&](std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random); };
    for (auto times = 1 + below(3); times > 0; --times) {
        const std::size_t at = below(text.size());
        switch (below(4)) {
            case 0:
                text.insert(at, odd[below(std::size(odd))]);
                break;
            case 1:
                text.erase(at, 1 + below(3));
                break;
            case 2:
                text[at] = static_cast<char>(below(256));
                break;
            default:
                text.insert(at, text.substr(below(text.size()), 1 + below(40)));
        }
    }
    return text;
}

TEST(gate_against_beast, agrees_on_whatever_it_lets_through) {
    std::mt19937 random(1);
    std::size_t let_through = 0;
    for (int round = 0; round < 200'000; ++round) {
        std::string text = good[static_cast<std::size_t>(round) % std::size(good)];
        if (round >= static_cast<int>(std::size(good)))
            text = spoil(std::move(text), random);
        request_head head;
        const bool passes = !pass_gate(text, options, head);
        header_scanner scanner;
        const bool is_whole = scanner.scan(text) == header_scanner::state::complete;
        const auto block = std::string_view(text).substr(0, is_whole ? scanner.size() : 0);
        request_head alone;
        ASSERT_EQ(passes, is_whole && !pass_gate(block, options, alone)) << ::testing::PrintToString(text);
        if (!passes)
            continue;
        ASSERT_EQ(head.block, block) << ::testing::PrintToString(text);
        ++let_through;
        ASSERT_EQ(disagreement(block, head), "") << ::testing::PrintToString(block);
    }
    EXPECT_GT(let_through, 20'000U);
}

}  // namespace
}  // namespace latchkey::http
