// H1 to H8: what the gate lets through, and what it answers to the rest.
#include "request_gate.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace latchkey::http {
namespace {

const gate_options options{limit_options{}, "__Host-session"};

// The last block given to status_of(): the views of a request_head point into it.
std::string block_of_head;

unsigned status_of(std::string_view block, request_head* out = nullptr) {
    block_of_head = block;
    request_head head;
    const auto fault = pass_gate(block_of_head, options, head);
    if (out)
        *out = head;
    return fault ? fault->status : 200;
}

std::string get(std::string_view fields, std::string_view version = "1.1") {
    return "GET /x HTTP/" + std::string(version) + "\r\n" + std::string(fields) + "\r\n";
}

TEST(request_gate, keeps_what_handlers_read) {
    request_head head;
    ASSERT_EQ(status_of("POST /login?a=b HTTP/1.1\r\nHost: a.example\r\nContent-Length: 12\r\nOrigin: https://a\r\n"
                        "x-ORIGINAL-url: https://b/\r\nContent-Type: application/json\r\n\r\n",
                        &head),
              200U);
    EXPECT_EQ(head.verb, method::post);
    EXPECT_EQ(head.path, "/login");
    EXPECT_EQ(head.query, "a=b");
    EXPECT_EQ(head.content_length, 12U);
    EXPECT_EQ(head[field::origin], "https://a");
    EXPECT_EQ(head[field::x_original_url], "https://b/");
    EXPECT_EQ(head[field::content_type], "application/json");
    EXPECT_TRUE(head.keep_alive);
    EXPECT_FALSE(head.has(field::accept));
}

TEST(request_gate, every_field_is_known_by_its_name) {
    const std::pair<const char*, field> known[] = {
        {"accept", field::accept},
        {"accept-language", field::accept_language},
        {"authorization", field::authorization},
        {"content-encoding", field::content_encoding},
        {"content-type", field::content_type},
        {"expect", field::expect},
        {"if-none-match", field::if_none_match},
        {"last-event-id", field::last_event_id},
        {"origin", field::origin},
        {"sec-fetch-mode", field::sec_fetch_mode},
        {"sec-fetch-site", field::sec_fetch_site},
        {"user-agent", field::user_agent},
        {"x-forwarded-host", field::x_forwarded_host},
        {"x-forwarded-method", field::x_forwarded_method},
        {"x-forwarded-proto", field::x_forwarded_proto},
        {"x-forwarded-uri", field::x_forwarded_uri},
        {"x-original-method", field::x_original_method},
        {"x-original-url", field::x_original_url},
        {"x-request-id", field::x_request_id},
        {"x-requested-with", field::x_requested_with},
    };
    EXPECT_EQ(std::size(known), static_cast<std::size_t>(field::count_));
    for (const auto& [name, f] : known) {
        std::string upper = name;
        for (char& c : upper)
            c = static_cast<char>(std::toupper(c));
        std::string other = name;
        other.front() = other.front() == 'x' ? 'y' : 'x';
        std::vector<std::pair<std::string, bool>> spellings{{name, true}, {upper, true}, {other, false}};
        // One character off, wherever it is.
        for (std::size_t i = 0; i < other.size(); ++i) {
            other = name;
            other[i] = other[i] == '-' ? '_' : other[i] == 'z' ? 'y' : static_cast<char>(other[i] + 1);
            if (other != "x-forwarded-for")
                spellings.emplace_back(other, false);
        }
        for (const auto& [text, is_known] : spellings) {
            request_head head;
            ASSERT_EQ(status_of(get("Host: a\r\n" + text + ": value\r\n"), &head), 200U);
            EXPECT_EQ(head.present, is_known ? request_head::bit(f) : 0U) << text;
            EXPECT_EQ(head[f], is_known ? "value" : "");
        }
    }
}

TEST(request_gate, keeps_the_last_lines_of_the_chain) {  // F1
    request_head head;
    ASSERT_EQ(status_of(get("Host: a\r\nX-Forwarded-For: 1\r\nx-forwarded-for: 2\r\n"), &head), 200U);
    ASSERT_EQ(head.client_chain.count, 2);
    EXPECT_EQ(head.client_chain.lines[0], "1");
    EXPECT_EQ(head.client_chain.lines[1], "2");
    EXPECT_FALSE(head.client_chain.shortened);
    std::string many = "Host: a\r\n";
    for (int i = 1; i <= 9; ++i)
        many += "X-Forwarded-For: " + std::to_string(i) + "\r\n";
    ASSERT_EQ(status_of(get(many), &head), 200U);
    ASSERT_EQ(head.client_chain.count, 4);
    EXPECT_EQ(head.client_chain.lines[0], "6");
    EXPECT_EQ(head.client_chain.lines[3], "9");
    EXPECT_TRUE(head.client_chain.shortened);
}

TEST(request_gate, keeps_the_host_that_counts) {  // H3
    request_head head;
    ASSERT_EQ(status_of(get("Host: A.example:81\r\n"), &head), 200U);
    EXPECT_EQ(head.host, "A.example:81");
    ASSERT_EQ(status_of("GET http://other.example:82/p HTTP/1.1\r\nHost: a\r\n\r\n", &head), 200U);
    EXPECT_EQ(head.host, "other.example:82");
    ASSERT_EQ(status_of(get("", "1.0"), &head), 200U);
    EXPECT_EQ(head.host, "");
}

TEST(request_gate, framing_is_a_single_plain_content_length) {  // H1, H2
    const std::vector<std::pair<std::string, unsigned>> cases{
        {"Host: a\r\nContent-Length: 0\r\n", 200},
        {"Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400},
        {"Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400},
        {"Host: a\r\nTransfer-Encoding: chunked\r\n", 411},
        {"Host: a\r\nTransfer-Encoding: chunked, gzip\r\n", 400},
        {"Host: a\r\nTransfer-Encoding: gzip\r\n", 400},
        {"Host: a\r\nTransfer-Encoding: xchunked\r\n", 400},
        {"Host: a\r\nTransfer-Encoding:\r\n", 400},
        {"Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
        {"Host: a\r\nTransfer-Encoding: identity\r\n", 400},
        {"Host: a\r\nContent-Length: +5\r\n", 400},
        {"Host: a\r\nContent-Length: -5\r\n", 400},
        {"Host: a\r\nContent-Length: 5,6\r\n", 400},
        {"Host: a\r\nContent-Length: 5,5\r\n", 400},
        {"Host: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n", 400},
        {"Host: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n", 400},
        {"Host: a\r\nContent-Length:\r\n", 400},
        {"Host: a\r\nContent-Length: 0x5\r\n", 400},
        {"Host: a\r\nContent-Length: 5 5\r\n", 400},
        {"Host: a\r\nContent-Length: 99999999999999999999\r\n", 400},
        {"Host: a\r\nContent-Length: 00000000000000005\r\n", 400},
    };
    for (const auto& [fields, status] : cases)
        EXPECT_EQ(status_of(get(fields)), status) << fields;
    EXPECT_EQ(status_of(get("Transfer-Encoding: chunked\r\n", "1.0")), 400U);
}

TEST(request_gate, wants_one_valid_host) {  // H3
    for (const auto* fields : {"Host: a\r\n", "Host: a.example:8080\r\n", "Host: [::1]:80\r\n", "Host: 127.0.0.1\r\n"})
        EXPECT_EQ(status_of(get(fields)), 200U) << fields;
    for (const auto* fields : {"", "Host: a\r\nHost: a\r\n", "Host: a\r\nhost: b\r\n", "Host:\r\n", "Host: a b\r\n",
                               "Host: user@a\r\n", "Host: a/b\r\n", "Host: a,b\r\n", "Host: a:port\r\n", "Host: a:\r\n",
                               "Host: a:70000\r\n", "Host: [::1\r\n", "Host: \xc3\xa9\r\n", "Host: a\\b\r\n"})
        EXPECT_EQ(status_of(get(fields)), 400U) << fields;
    EXPECT_EQ(status_of(get("", "1.0")), 200U) << "HTTP/1.0 knew no Host";
}

TEST(request_gate, absolute_form_is_understood) {  // H3
    request_head head;
    ASSERT_EQ(status_of("GET http://other.example/p?q HTTP/1.1\r\nHost: a\r\n\r\n", &head), 200U);
    EXPECT_EQ(head.path, "/p");
    EXPECT_EQ(head.query, "q");
    ASSERT_EQ(status_of("GET HTTPS://other.example HTTP/1.1\r\nHost: a\r\n\r\n", &head), 200U);
    EXPECT_EQ(head.path, "/");
    for (const auto* target : {"http://", "http:///p", "http://user@a/", "ftp://a/", "a/b", "*", "http://a b/"})
        EXPECT_EQ(status_of("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n"), 400U) << target;
}

TEST(request_gate, targets_hold_no_byte_that_others_rewrite) {  // H4
    for (const auto* target : {"/a\\b", "/a#b", "/\xc3\xa9", "/a\x01", "//\\"})
        EXPECT_EQ(status_of("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n"), 400U) << target;
}

TEST(request_gate, malformed_lines_are_refused) {  // H4
    for (const auto* block : {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
                              "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
                              "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "GET /\r\nHost: a\r\n\r\n", "\r\n\r\n",
                              "GET / HTTP/11\r\nHost: a\r\n\r\n", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n",
                              "GET / HTTP/1.1\r\nHost: a\r\nB\xc3\xa9: x\r\n\r\n"})
        EXPECT_EQ(status_of(block), 400U) << block;
}

// Registers overlap at the end of a text, and lines begin anywhere in them.
TEST(request_gate, refuses_controls_wherever_they_stand) {  // H4
    for (std::size_t size = 0; size < 70; ++size) {
        const std::string good = get("Host: a\r\nX-Long: " + std::string(size, 'v') + "\r\nAccept:\t\tb\tc\t");
        ASSERT_EQ(status_of(good + "\r\n"), 200U) << size;
        for (std::size_t at = 0; at < good.size(); ++at)
            for (const char control : {'\0', '\1', '\n', '\r', '\x1f', '\x7f'}) {
                std::string bad = good + "\r\n";
                if (std::exchange(bad[at], control) == control)
                    continue;
                ASSERT_EQ(status_of(bad), 400U) << testing::PrintToString(bad);
            }
    }
}

TEST(request_gate, looks_at_one_block_and_not_at_what_follows) {
    const std::string block = get("Host: a\r\nAccept: b\r\n");
    for (const std::string after :
         {"", "G", "GET /next HTTP/1.1\r\nHost: b\r\n\r\n", "\r\n", "\n\x01 \x7f", "\x80\xff"}) {
        request_head head;
        ASSERT_EQ(status_of(block + after, &head), 200U) << testing::PrintToString(after);
        EXPECT_EQ(head.block, block);
        EXPECT_EQ(head[field::accept], "b");
    }
    for (std::size_t size = 0; size < block.size(); ++size)
        EXPECT_EQ(status_of(block.substr(0, size)), 400U) << size;
}

TEST(request_gate, versions_and_methods) {  // H8
    EXPECT_EQ(status_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505U);
    EXPECT_EQ(status_of("BREW / HTTP/1.1\r\nHost: a\r\n\r\n"), 501U);
    EXPECT_EQ(status_of("get / HTTP/1.1\r\nHost: a\r\n\r\n"), 501U);
    EXPECT_EQ(status_of("PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n"), 501U);
    request_head head;
    EXPECT_EQ(status_of("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", &head), 200U);
    EXPECT_EQ(head.verb, method::connect);
}

TEST(request_gate, limits_are_exact) {  // H6
    gate_options tight = options;
    tight.limits.target_bytes = 10;
    tight.limits.header_fields = 3;
    request_head head;
    const auto pass = [&](const std::string& target, std::size_t extra) {
        std::string block = "GET " + target + " HTTP/1.1\r\nHost: a\r\n";
        for (std::size_t i = 0; i < extra; ++i)
            block += "X-" + std::to_string(i) + ": y\r\n";
        const auto fault = pass_gate(block + "\r\n", tight, head);
        return fault ? fault->status : 200U;
    };
    EXPECT_EQ(pass("/123456789", 2), 200U);
    EXPECT_EQ(pass("/1234567890", 0), 414U);
    EXPECT_EQ(pass("/", 3), 431U);
}

TEST(request_gate, connection_options) {
    request_head head;
    const auto keeps = [&](const std::string& block) {
        EXPECT_EQ(status_of(block, &head), 200U);
        return head.keep_alive;
    };
    EXPECT_TRUE(keeps(get("Host: a\r\n")));
    EXPECT_FALSE(keeps(get("Host: a\r\nConnection: foo, Close\r\n")));
    EXPECT_FALSE(keeps(get("Host: a\r\nConnection: close\r\nConnection: keep-alive\r\n")));
    EXPECT_FALSE(keeps(get("", "1.0")));
    EXPECT_TRUE(keeps(get("Connection: Keep-Alive\r\n", "1.0")));
}

TEST(request_gate, finds_the_session_cookie_among_others) {  // C3
    request_head head;
    ASSERT_EQ(status_of(get("Host: a\r\nCookie: a=b; __Host-session=one; c=\"d\"\r\nCookie: x; =; ;e=f\r\n"), &head),
              200U);
    EXPECT_EQ(head.session_cookie.only(), "one");
    ASSERT_EQ(status_of(get("Host: a\r\nCookie: __Host-session=one; __Host-session=one\r\n"), &head), 200U);
    EXPECT_EQ(head.session_cookie.only(), "one") << "the same value twice counts once";
    ASSERT_EQ(status_of(get("Host: a\r\nCookie: __Host-session=one\r\nCookie: __Host-session=two\r\n"), &head), 200U);
    EXPECT_EQ(head.session_cookie.only(), "");
    EXPECT_EQ(head.session_cookie.count, 2);
    ASSERT_EQ(
        status_of(get("Host: a\r\nCookie: x__Host-session=one; __Host-sessionx=two; __host-session=three\r\n"), &head),
        200U);
    EXPECT_EQ(head.session_cookie.count, 0);
}

TEST(request_gate, marks_repeated_fields) {  // F2
    request_head head;
    ASSERT_EQ(status_of(get("Host: a\r\nX-Original-URL: http://a/\r\nx-original-url: http://b/\r\n"), &head), 200U);
    EXPECT_TRUE(head.is_repeated(field::x_original_url));
    ASSERT_EQ(status_of(get("Host: a\r\nX-Original-URL: http://a/\r\nX_Original_URL: http://b/\r\n"), &head), 200U);
    EXPECT_FALSE(head.is_repeated(field::x_original_url)) << "an underscore alias is another field, and nobody's";
    EXPECT_EQ(head[field::x_original_url], "http://a/");
}

}  // namespace
}  // namespace latchkey::http
